"""V13: what the integrated budget system gives out (domain reference, section 8, V13): codes beside names, and the columns of monitoring."""

from targets.domain.sheets.layout import Dialect

PROJECT_V13 = Dialect(
    columns={
        "name": ("三级绩效指标名称",),
        "target": ("指标值内容", "年度绩效指标值", "年初指标值", "年初目标值"),
    },
    listed=(
        "指标编号", "绩效指标代码", "绩效指标编码", "指标值类型", "指标值说明", "评分方法", "备注说明",
    ),
    reports=(
        "1-7月执行情况", "1-7月完成情况", "1-7月完成值", "1-8月执行情况", "1-6月执行情况", "1-9月执行情况", "截至目前完成值", "监控期完成值",
        "执行情况", "全年预计完成情况", "全年预计完成值", "全年预计执行情况", "预计完成值", "预计全年完成值", "完成目标可能性", "目标实现可能性",
        "确定能", "有可能", "完全不可能", "经费保障", "制度保障", "人员保障", "硬件条件保障", "原因说明",
    ),
)  # fmt: skip
