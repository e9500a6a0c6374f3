"""Words that begin a line to sign or a remark below a form (some forms print them above)."""

import re

from targets.domain.sheets.cells import label_key

FOOT_WORDS = frozenset(
    "单位负责人 部门负责人 主要负责人 分管领导 分管负责人 财务负责人 负责人 项目负责人 科室负责人 股室负责人 填表人 填报人 制表人 编制人 经办人"
    " 审核人 复核人 联系人 联系电话 电话 联系方式 填报日期 填表日期 编制日期 日期 备注 注 说明 填表说明 主管部门审核意见 财政部门审核意见 审核意见"
    " 主管部门意见 财政部门意见 财政审核意见 财政局审核意见 业务科室意见 业务科室审核意见 业务股室意见 绩效科意见 绩效科审核意见 绩效股意见"
    " 第三方机构审核意见 单位意见 单位 盖章 单位公章 其他说明的问题 其他需要说明的问题 其他需说明的问题 需要说明的问题 其他说明 其他需要说明的情况"
    " 保障绩效目标实现措施 绩效目标实现的保障措施 保障措施 审核部门 批复意见 批复文号 批复单位 批复部门 批复日期 批复时间 表外文字".split()
)
SIGNING = re.compile("(签字|签名|签章|盖章|公章|签字盖章)$")


def foot_key(text: str) -> str:
    key = label_key(text)
    return key if key in FOOT_WORDS else SIGNING.sub("", key)
