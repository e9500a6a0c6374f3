"""Text with tabs whose cells have line breaks and no quotation marks, as Word and pages give it when it is copied."""

import pytest

from targets.domain.sheets.reader import read_workbook
from targets.tests.sheets.drawn import cells, lines, told
from targets.tests.sheets.exact import FOLDER

PLAN = """
    2024年部门整体绩效目标表||||||
    部门名称：临河县水利局||||||
    职责序号|部门职责|职责目标|绩效指标|年度\\n指标值|工作活动|对应科室
    1|防汛\\n抗旱|安全度汛|水库\\n巡查次数|≥4800次|每日上坝巡查，\\n\\n上传影像|防御科\\n办公室
    ||提升预警能力|预警设施完好率|≥98%|汛前检查|防御科
    2|农村供水|喝上放心水|自来水普及率|≥96.5%|延伸管网|农水科
    注：本表一式两份||||||
    """
FIELDS = ("number", "duty", "duty_goal", "name", "target", "activity", "office")


def pasted(picture: str) -> bytes:
    """Each line with all its tabs, each line break as it is."""
    return "\r\n".join("\t".join(line) for line in lines(picture)).replace("\r\n", "\n").encode()


def only(content: bytes):
    (form,) = read_workbook(content, "粘贴.txt").forms
    return form


def test_cells_that_were_broken_are_whole_again_and_told_at_their_lines():
    form = only(pasted(PLAN))
    assert cells(form, *FIELDS) == [
        ("1", "防汛\n抗旱", "安全度汛", "水库\n巡查次数", "≥4800次", "每日上坝巡查，\n\n上传影像", "防御科\n办公室"),
        ("1", "防汛\n抗旱", "提升预警能力", "预警设施完好率", "≥98%", "汛前检查", "防御科"),
        ("2", "农村供水", "喝上放心水", "自来水普及率", "≥96.5%", "延伸管网", "农水科"),
    ]
    joined = "行是同一行（单元格里有换行），已合并读入，请核对。"
    assert [(cell, said) for cell, said in told(form) if joined in said] == [
        ("A3", f"第3至4{joined}"),
        ("A5", f"第5至10{joined}"),
    ]
    assert ("A11:B11", "职责序号") not in told(form)
    assert {cell for cell, said in told(form) if "照上一行" in said} == {"A11", "B11"}


def test_a_label_that_is_written_downwards():
    picture = """
        2024年项目支出绩效目标表||||
        项目名称|校车运营|||
        主管部门及代码|[202]某局||实施单位|某局
        项目资金(万元)|年度预算资金总额:|||10
        年度总体绩效目标|保障乘车|||
        绩\\n效\\n指\\n标|一级指标|二级指标|三级指标|指标值
        |产出指标|数量指标|乘车\\n学生数|≥1.5\\n万人
        ||质量指标|达标率|≥95%
        """
    assert cells(only(pasted(picture)), "level1", "level2", "name", "target") == [
        ("产出指标", "数量指标", "乘车\n学生数", "≥1.5\n万人"),
        ("产出指标", "质量指标", "达标率", "≥95%"),
    ]


ROWS_WITHOUT_THEIR_MERGED_CELLS = """
    2024年项目支出绩效目标表
    项目名称|校车运营
    主管部门|某局|实施单位|某局
    绩效指标|一级指标|二级指标|三级指标|指标值
    成本指标|经济成本指标|补助费用|=384万元|
    承运人责任险|=110万元
    产出指标|数量指标|乘车学生数|≥1.5万人
    效益指标|社会效益指标|安全隐患|解决|
    满意度指标|服务对象满意度指标|家长满意度|≥95%|
    """


def test_rows_that_are_short_because_cells_were_merged_stay_rows():
    """The fourth and the fifth have as many tabs together as a whole row."""
    form = only(pasted(ROWS_WITHOUT_THEIR_MERGED_CELLS))
    assert cells(form, "name", "target")[1:3] == [("承运人责任险", "=110万元"), ("乘车学生数", "≥1.5万人")]
    assert not any("同一行" in said for _, said in told(form))


@pytest.mark.parametrize("name", ["2023-disclosure.txt"])
def test_no_line_of_the_publication_is_taken_for_a_piece(name):
    forms = read_workbook((FOLDER / "source" / name).read_bytes(), name).forms
    assert not any("同一行" in said for form in forms for _, said in told(form))
