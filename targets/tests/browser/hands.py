"""What the hands of a clerk do in the grid of a form, and what a spreadsheet puts on the clipboard."""

from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect


def cell(page: Page, number: int, field: str) -> Locator:
    """The cell of row `number`; a merged one is found in its first row."""
    return page.locator(f"#lines tr:nth-child({number}) > td.jx-cell[id$='-{field}']")


def write(page: Page, number: int, field: str, text: str) -> None:
    expect(page.locator(".jx-box")).to_be_attached()  # before the grid stands a click goes nowhere
    cell(page, number, field).click()
    cell(page, number, field).locator(".jx-box").fill(text)


def paste(page: Page, text: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+V")


def clipboard(page: Page) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return str(page.evaluate("() => navigator.clipboard.readText()"))


def copied_from(workbook: Path, sheet: str, area: str) -> str:
    """The cells as Excel and WPS copy them: tabs, quotes round what has line breaks, merged cells blank but for the first."""
    rows = load_workbook(workbook)[sheet][area]
    return "".join("\t".join(_quoted(one.value) for one in row) + "\r\n" for row in rows)


def _quoted(value: object) -> str:
    text = "" if value is None else str(value)
    return '"' + text.replace('"', '""') + '"' if "\n" in text or "\t" in text else text
