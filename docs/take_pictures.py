# ruff: noqa: INP001
"""Take the pictures of README and docs/guide from a demo that nobody has touched yet, by walking real forms their way.

    DATABASE_URL=sqlite:///var/pictures.sqlite3 make run PORT=8001     # in another terminal, on a database of its own
    .venv/bin/python docs/take_pictures.py http://127.0.0.1:8001

Everything on the pictures is done through the pages, as the people of the demo would: forms are submitted, forwarded,
returned with an opinion, explained, passed, approved and published. Only the dates differ from run to run.
Needs Debian's Chromium and a Chinese font (`.ci/browser` installs both).
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from targets.domain.record import Record  # noqa: E402
from targets.domain.sheets.reader import read_workbook  # noqa: E402
from targets.domain.sheets.writer import write_official  # noqa: E402

PICTURES = HERE / "pictures"
PASSWORD = "yanshi-2023"  # noqa: S105 - the demo's, printed on its log-in page
SIZE = {"width": 1366, "height": 768}
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
    "--lang=zh-CN",
]
WORKBOOK = HERE.parent / "fixtures" / "2023" / "2023年项目支出绩效目标表.xlsx"

PROJECT, PLAN = "budgetproject", "departmentplan"
PUPILS, BUS, AGED, LIVING, DISABLED, FAMILIES, FARMLAND, INSURANCE = (
    "学前生均公用经费",
    "校车运营补贴",
    "高龄老人补助",
    "城市居民最低生活保障",
    "残疾人精准康复服务",
    "计划生育家庭奖励扶助和特别扶助",
    "2019年-2022年高标准农田建设",
    "农业保险保费",
)
LABOUR = "人力资源和社会保障局"
CARE = ("jingban_weijian", "zhuguan_weijian", "yewu_shebao")
WAY = {
    PUPILS: ("jingban", "zhuguan", "yewu"),
    BUS: ("jingban", "zhuguan"),
    AGED: CARE,
    FAMILIES: CARE,
    LIVING: ("jingban_minzheng", "zhuguan_minzheng", "yewu_shebao"),
    DISABLED: ("jingban_canlian", "zhuguan_canlian", "yewu_shebao"),
    FARMLAND: ("jingban_nongye", "zhuguan_nongye", "yewu_nongye"),
    LABOUR: ("jingban_renshe", "zhuguan_renshe", "yewu_shebao"),
}
"""Who submits and forwards each form, in order; all but the bus, which comes back, then wait for the performance office."""
PASSED = (AGED, LIVING, DISABLED, LABOUR)
OPINION = (
    "第7行“解决”、第8行“完善”到年底无法判断是否完成，请写成可以考核的结果，如“安全隐患整改率 ≥95%”；"
    "成本指标请用“≤”。年度目标首尾的网页标签请一并删去。"
)


class Demo:
    """The running demo, with one browser window for each person that was needed so far."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address.rstrip("/")
        self.windows: dict[str, Page] = {}

    def window(self, username: str = "") -> Page:
        """The window of a person, logged in; without a name that of a visitor."""
        if username not in self.windows:
            page = self.browser.new_context(viewport=SIZE, locale="zh-CN", color_scheme="light").new_page()
            self.windows[username] = page
            if username:
                page.goto(f"{self.address}/admin/login/?next=/admin/")
                page.fill("#id_username", username)
                page.fill("#id_password", PASSWORD)
                page.click("form input[type=submit], form button[type=submit]")
                page.wait_for_url(f"{self.address}/admin/")
        return self.windows[username]

    def at(self, username: str, path: str) -> Page:
        page = self.window(username)
        page.goto(f"{self.address}{path}")
        return page

    def form(self, username: str, words: str, kind: str = PROJECT) -> Page:
        """The first form that a search for these words finds; a plan is found by its department."""
        page = self.at(username, f"/admin/targets/{PLAN if words == LABOUR else kind}/?q={words}")
        page.locator("#result_list tbody th a").first.click()
        return page

    def submit(self, username: str, title: str) -> None:
        page = self.form(username, title)
        page.click(".submit-row button[value=submit]")
        told(page, "送审已办理")

    def step(self, username: str, title: str, slug: str, opinion: str = "") -> None:
        page = self.form(username, title)
        if opinion:
            page.fill("textarea[name=opinion]", opinion)
        page.click(f"button[formaction$='/step/{slug}/']")
        told(page, "已办理")

    def picture(self, page: Page, name: str) -> None:
        page.evaluate("document.activeElement && document.activeElement.blur()")
        page.mouse.move(0, 0)
        page.screenshot(path=PICTURES / f"{name}.png")
        print(f"{name}.png")


def told(page: Page, words: str) -> None:
    """Wait for the page's answer; a demo somebody worked in before gives another one, and the script ends."""
    page.locator(".messagelist .success", has_text=words).first.wait_for(timeout=10_000)


def main(address: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        demo = Demo(browser, address)
        fill_in(demo)
        review(demo)
        bring_in(demo)
        send_again(demo)
        approve_and_publish(demo)
        browser.close()


def fill_in(demo: Demo) -> None:
    page = demo.at("", "/admin/login/")
    demo.picture(page, "login")
    page = demo.form("jingban", BUS)
    page.locator("td.jx-cell[id$='-target']").nth(2).click()
    page.locator(".jx-box").fill("≥1.52万人")
    page.click(".submit-row button[value=save]")
    told(page, "已保存")
    demo.picture(demo.form("jingban", BUS), "project-form")
    page = demo.form("jingban", "", PLAN)
    page.get_by_role("button", name="填数值").click()
    for _ in range(2):  # the second problem is an error: the bar above the grid tells it
        page.get_by_role("button", name="下一处").click()
    demo.picture(page, "plan-form")
    for title, (filler, *_) in WAY.items():
        demo.submit(filler, title)
    explain(demo)


def explain(demo: Demo) -> None:
    """A blank target of the published form, explained instead of filled in."""
    page = demo.form("jingban_nongye", INSURANCE)
    explanation = page.locator("details.jx-explain").first
    explanation.locator("summary").click()
    explanation.locator("textarea").fill("这一项的成效按农户问卷确定，问卷在2023年10月完成，编报时还没有目标值。")
    explanation.locator("button").click()
    told(page, "情况说明已提交")


def judge(demo: Demo) -> None:
    """The review form of the bus, a key project, as its reviewer has saved it."""
    page = demo.form("yewu", BUS)
    page.click(".jx-hint")
    page.click("text=标为重点项目")
    for number, points in enumerate(("9", "8", "13", "7", "12", "12", "9", "9"), start=1):
        page.fill(f"[name='value:{number}']", points)
    page.fill("[name='note:1']", "目标首尾有网页标签")
    page.fill("[name='note:4']", "第7行、第8行没有量化，年底无法考核")
    page.fill("[name=opinion]", "目标基本清楚，指标须细化量化后再报。")
    page.click("text=保存审核表")
    told(page, "审核表已保存")
    demo.picture(demo.at("yewu", page.url.removeprefix(demo.address)), "review-form")


def review(demo: Demo) -> None:
    for title, (_, *reviewers) in WAY.items():
        for reviewer in reviewers:
            demo.step(reviewer, title, "forward")
    judge(demo)
    write_remarks(demo)
    demo.step("yewu", BUS, "return", OPINION)
    demo.picture(demo.at("jingban", "/admin/"), "home-filler")
    demo.picture(demo.form("jingban", BUS), "returned-form")
    demo.picture(demo.at("jixiao", "/admin/"), "home-reviewer")
    page = demo.form("jixiao", PUPILS)
    page.fill("textarea[name=opinion]", "成本控制数与预算一致，产出和满意度指标可以考核，同意。")
    demo.picture(page, "review")
    demo.picture(demo.at("jixiao", "/admin/targets/budgetproject/waivers/"), "waivers")
    page = demo.form("jixiao", BUS)
    page.get_by_role("link", name="历史").first.click()
    demo.picture(page, "history")


def write_remarks(demo: Demo) -> None:
    """The business office writes in the margin of the bus's form before it goes back."""
    page = demo.form("yewu", BUS)
    remark(page, 2, "target", "请按各车实际运营费核定。", "≤110万元")
    remark(page, 3, "target", "受益学生数与目标中的人数不一致，请核对。")
    row = beside(page, 7, "target")
    row.get_by_label("问题").fill("“解决”到年底无法判断是否完成，请写成可以考核的结果。")
    row.get_by_label("建议修改为").fill("整改率 ≥95%")
    demo.picture(page, "desk-remark")
    row.get_by_role("button", name="保存修改意见").click()
    told(page, "修改意见已保存")


def beside(page: Page, number: int, field: str) -> Locator:
    """The row, with the inputs for a remark on this cell opened in its margin."""
    row = page.locator("tr[id^='row-']").nth(number - 1)
    row.locator(f"td[id$='-{field}']").click()
    row.get_by_role("link", name="写意见").click()
    return row


def remark(page: Page, number: int, field: str, text: str, proposal: str = "") -> None:
    row = beside(page, number, field)
    row.get_by_label("问题").fill(text)
    row.get_by_label("建议修改为").fill(proposal)
    row.get_by_role("button", name="保存修改意见").click()
    told(page, "修改意见已保存")


def send_again(demo: Demo) -> None:
    """The unit adopts what was proposed and answers the rest; the reviewer sees what changed since he looked."""
    page = demo.form("jingban", BUS)
    for _ in range(2):
        page.get_by_role("button", name="采纳建议").first.click()
        told(page, "已采纳建议的文字")
    answer = page.locator(".jx-remark", has_text="受益学生数")
    answer.get_by_role("textbox").fill("目标中的人数含走读学生，已在目标中说明。")
    answer.get_by_role("button", name="保存并答复").click()
    told(page, "答复已保存")
    demo.submit("jingban", BUS)
    demo.step("zhuguan", BUS, "forward")
    demo.picture(demo.form("yewu", BUS), "desk-difference")


def bring_in(demo: Demo) -> None:
    page = demo.at("jingban", "/admin/targets/importbatch/upload/")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "2023年项目支出绩效目标表（修改稿）.xlsx"
        file.write_bytes(changed_workbook())
        page.set_input_files("#id_file", file)
        page.click("button:has-text('上传并预览')")
    page.get_by_text("逐格对照").first.click()
    demo.picture(page, "import-preview")


def changed_workbook() -> bytes:
    """One changed form, one new, one as it is stored, one of a department that nobody registered."""
    stored = [form.record for form in read_workbook(WORKBOOK.read_bytes(), WORKBOOK.name).forms if form.record]
    bus, pupils = (next(one for one in stored if one.title == title) for title in (BUS, PUPILS))
    changed = with_targets(bus, {0: "≤384.39万元", 1: "≤110万元", 2: "≥1.52万人", 6: "整改率 ≥95%"})
    new = replace(bus, title="农村学校供暖补助", total=Decimal("1860000.00"), fiscal=Decimal("1860000.00"))
    unknown = replace(bus, title="校园安防改造", department_code="", department_name="淄川区校园安全服务中心")
    return write_official([changed, new, pupils, unknown])


def with_targets(record: Record, targets: Mapping[int, str]) -> Record:
    rows = [row.with_cells(target=targets.get(place, row.target)) for place, row in enumerate(record.rows)]
    return replace(record, rows=tuple(rows))


def approve_and_publish(demo: Demo) -> None:
    for title in PASSED:
        demo.step("jixiao", title, "pass")
    page = demo.at("yusuan", "/admin/targets/budgetproject/approve/")
    for box in page.locator("input[name=form]").all():
        box.check()
    page.fill("input[name=document_number]", "川财预〔2023〕1号")
    page.fill("input[name=document_date]", "2023-02-10")
    demo.picture(page, "approve")
    page.click("button:has-text('批复选中的表')")
    page.click("button:has-text('确认批复')")
    page.locator("text=批复：结果").first.wait_for()

    page = demo.at("jixiao", "/admin/targets/disclosure/add/")
    page.click(".submit-row .default")
    page.get_by_role("link", name="选表").click()
    page.locator("input[name=form]").first.wait_for()
    for box in page.locator("input[name=form]").all():
        box.check()
    page.click("button:has-text('保存选表')")
    page.click("button:has-text('起草编报说明')")
    page.fill("input[name=reported_on]", "2023-02-20")
    page.click("button:has-text('登记报人大')")
    demo.picture(page, "disclosure")
    page.get_by_role("link", name="核对并公开").click()
    page.click("button:has-text('公开这')")
    told(page, "公开")
    page = demo.at("", "/")
    demo.picture(page, "public-list")
    page.get_by_role("link", name=LIVING).first.click()
    demo.picture(page, "public-form")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(f"{Path(__file__).name} ADDRESS, e.g. http://127.0.0.1:8001")
    main(sys.argv[1])
