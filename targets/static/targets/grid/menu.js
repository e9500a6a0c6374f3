// What may be done with a row: one menu for all rows, opened by the row's number or by the menu key.

import {
  groupsAround, insertAbove, insertBelow, isBlank, joins, mergeUp, moveDown, moveUp, part, removeRows,
} from "./rows.js";

export const useMenu = (sheet) => {
  const { merges, columns } = sheet.form;
  const labelOf = (field) => columns.find((column) => column.field === field).label;
  let list = null;

  const close = ({ back = true } = {}) => {
    if (!list) { return; }
    list.remove();
    list = null;
    if (back) { sheet.focus(); }
  };

  const entries = (place) => {
    const { rows } = sheet;
    const row = rows[place];
    const { first, last } = sheet.block;
    const isChosen = sheet.from && first <= place && place <= last && last > first;
    const isWhole = (at) => at > 0 && at < rows.length && groupsAround(rows, at, merges).reduce((a, b) => b - a) > 2;
    const up = moveUp(rows, place, merges);
    const down = moveDown(rows, place, merges);
    const put = (changed, at = place) => sheet.change(changed, { place: at, column: sheet.at.column });
    return [
      ["在下方加一行", () => put(insertBelow(rows, place, merges), place + 1)],
      ["在上方加一行", () => put(insertAbove(rows, place, merges))],
      up.rows !== rows && [`上移${isWhole(place) ? "（整组）" : ""}`, () => put(up.rows, up.place)],
      down.rows !== rows && !isBlank(row) && [`下移${isWhole(place + 1) ? "（整组）" : ""}`, () => put(down.rows, down.place)],
      ...(place > 0 ? merges : []).map((field) => (joins(row, rows[place - 1], field)
        ? [`${labelOf(field)}：从上一行拆开`, () => put(part(rows, place, field))]
        : [`${labelOf(field)}：与上一行合并`, () => put(mergeUp(rows, place, field))])),
      isChosen
        ? [`删除选中的${last - first + 1}行`, () => put(removeRows(rows, first, last, merges), first)]
        : ["删除本行", () => put(removeRows(rows, place, place, merges))],
    ].filter(Boolean);
  };

  // 仍然适用: the form's own button (stale.js answers it without leaving the page)
  const stillHolds = (key) => {
    const button = document.createElement("button");
    button.setAttribute("form", "paper");
    button.setAttribute("role", "menuitem");
    button.tabIndex = -1;
    button.name = "do";
    button.value = `renewed:${key}`;
    button.textContent = "仍然适用（去掉“旧”）";
    return button;
  };
  document.addEventListener("stale", (event) => {
    close();
    sheet.form.stale = event.detail;
    sheet.draw();
  });

  const stand = () => {
    if (!list) { return; }
    const at = list.number.getBoundingClientRect();
    const isLow = at.bottom + list.offsetHeight > window.innerHeight - 60;
    list.style.left = `${at.left}px`;
    list.style.top = `${isLow ? Math.max(4, at.top - list.offsetHeight) : at.bottom}px`;
  };

  const open = (place) => {
    close({ back: false });
    sheet.finish();
    const { number, tr } = sheet.table.lines.get(sheet.rows[place].key);
    list = document.createElement("div");
    list.className = "jx-rowmenu";
    list.setAttribute("role", "menu");
    list.setAttribute("aria-label", `第${place + 1}行`);
    entries(place).forEach(([label, deed]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("role", "menuitem");
      button.tabIndex = -1;
      button.textContent = label;
      button.addEventListener("click", () => { close({ back: false }); sheet.wantsFocus = true; deed(); });
      list.append(button);
    });
    if (sheet.form.stale.includes(sheet.rows[place].key)) { list.prepend(stillHolds(sheet.rows[place].key)); }
    document.body.append(list);
    list.number = number;
    stand();
    if (!tr.contains(sheet.box)) { sheet.go({ place, column: sheet.at.column }, { quietly: true }); }
    list.firstChild.focus({ preventScroll: true });
  };

  document.addEventListener("keydown", (event) => {
    if (!list) { return; }
    const buttons = Array.from(list.children);
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to !== undefined) { buttons[(to + buttons.length) % buttons.length].focus(); event.preventDefault(); }
    if (event.key === "Escape" || event.key === "Tab") { close(); event.preventDefault(); }
  });
  document.addEventListener("mousedown", (event) => {
    if (list && !list.contains(event.target)) { close({ back: false }); }
  });
  window.addEventListener("scroll", stand, true);
  sheet.table.body.addEventListener("click", (event) => {
    const number = event.target.closest(".jx-rownum");
    if (!number) { return; }
    const place = sheet.rows.findIndex((row) => sheet.table.lines.get(row.key).number === number);
    if (!(sheet.from && sheet.block.first <= place && place <= sheet.block.last)) {
      sheet.go({ place, column: sheet.at.column }, { quietly: true });
    }
    open(place);
  });

  return open;
};
