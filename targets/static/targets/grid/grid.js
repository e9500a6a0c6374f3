// The form's rows as a grid: begins where a browser without scripts would show plain inputs, and ends in the same form.

import { useHands } from "./hands.js";
import { Help } from "./help.js";
import { useMenu } from "./menu.js";
import { setText } from "./rows.js";
import { Sheet } from "./sheet.js";
import { Sync, cookie } from "./sync.js";

const one = (selector) => document.querySelector(selector);

const readForm = () => {
  const data = JSON.parse(one("#grid-data").textContent);
  const named = ([key, continues, ...texts]) => ({
    key, continues, texts: Object.fromEntries(data.columns.map((column, index) => [column.field, texts[index]])),
  });
  const rows = data.rows.map(named);
  const stored = data.stored ? data.stored.map(named) : rows;
  return { ...data, rows, stored, frame: one("#rows") };
};

// What was typed into the plain inputs before the grid stood.
const takeEarly = (form) => {
  document.querySelectorAll("#lines textarea, #lines input").forEach((input) => {
    const [key, field] = input.name.split(".");
    const place = form.rows.findIndex((row) => row.key === key);
    if (field && input.value !== input.defaultValue && input.type !== "hidden" && place >= 0) {
      form.rows = setText(form.rows, place, field, input.value, form.merges);
    }
  });
};

const start = () => {
  const form = readForm();
  takeEarly(form);
  const paper = one("[data-paper]");
  const sheet = new Sheet(one("#lines"), form);
  document.querySelectorAll("[data-without-script]").forEach((part) => part.remove());
  document.querySelectorAll("[data-cellbar]").forEach((part) => { part.hidden = false; });

  const help = new Help(sheet, one("[data-cellbar]"), paper);
  const say = (text, action) => help.say(text, action);

  // Problems and words to find. -----------------------------------------------------------------------------------------
  const problems = () => Object.keys(sheet.table.notes)
    .map((name) => name.split(" "))
    .map(([key, field]) => ({
      place: sheet.rows.findIndex((row) => row.key === key),
      column: form.columns.findIndex((column) => column.field === field),
    }))
    .filter((found) => found.place >= 0 && found.column >= 0)
    .sort((a, b) => a.place - b.place || a.column - b.column);
  const unfold = (column) => {
    const { group } = form.columns[column];
    if (!sheet.isShown(column)) { one(`[data-fold="${group}"]`).click(); }
  };
  const visit = (target) => {
    unfold(target.column);
    sheet.wantsFocus = true;
    sheet.go(target, { quietly: true });
    sheet.cell.td.scrollIntoView({ block: "center", inline: "nearest" });
  };
  const step = (by) => {
    const found = problems();
    if (!found.length) { say("没有发现问题。"); return; }
    const here = sheet.at;
    const isAfter = (a) => a.place > here.place || (a.place === here.place && a.column > here.column);
    const isBefore = (a) => a.place < here.place || (a.place === here.place && a.column < here.column);
    const next = by > 0 ? found.find(isAfter) || found[0] : found.filter(isBefore).pop() || found[found.length - 1];
    visit(next);
    const number = one("[data-problem]");
    if (number) { number.textContent = String(found.indexOf(next) + 1); }
  };
  const find = () => {
    const box = one("[data-find]");
    if (box) { box.focus(); box.select(); }
    return Boolean(box);
  };
  const count = () => {
    const number = one("[data-problems]");
    if (number) { number.textContent = String(problems().length); }
  };

  const menu = useMenu(sheet);
  useHands(sheet, { say, step, find, menu });
  const sync = new Sync(sheet, paper, { say, judged: (answer) => { help.take(answer); count(); } });
  sheet.on((what) => { if (what === "moved") { say(""); } else { help.describe(); } });
  count();

  // What is around the grid. --------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const link = event.target.closest('a[href^="#c-"]');
    if (link) {
      const found = one(link.hash) && sheet.table.placeOf(one(link.hash));
      if (!found) { return; }
      event.preventDefault();
      visit({ place: found.place, column: form.columns.findIndex((column) => column.field === found.field) });
    } else if (button && button.dataset.step) {
      step(Number(button.dataset.step));
    } else if (button && button.dataset.add !== undefined) {
      event.preventDefault();
      visit({ place: sheet.rows.length - 1, column: sheet.columns[0] });
    } else if (button && (button.dataset.fold || button.dataset.view !== undefined)) {
      if (!sheet.isShown(sheet.at.column)) {
        const column = sheet.columns.find((index) => index > sheet.at.column) || sheet.columns[0];
        sheet.go({ place: sheet.at.place, column }, { quietly: true });
      }
      sheet.seat(); // rows are higher or lower now
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) { return; }
    if (event.key === "F8") { event.preventDefault(); step(event.shiftKey ? -1 : 1); }
    if (event.ctrlKey && event.key === "f" && find()) { event.preventDefault(); }
    if (event.key === "Enter" && event.target.matches("[data-find]")) {
      const hit = one("#lines td.hit");
      if (hit) {
        const found = sheet.table.placeOf(hit);
        visit({ place: found.place, column: form.columns.findIndex((column) => column.field === found.field) });
      }
    }
  });

  // Everything is stored before a button of the form does its work; without that the page stays.
  paper.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    sheet.finish();
    sync.send().then((isStored) => {
      if (!isStored) { say("还有内容没有保存，请先看页面底部的说明。"); return; }
      const add = (name, value) => {
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = name;
        input.value = value;
        paper.append(input);
      };
      add("grid", "1");
      add("do", button ? button.value : "save");
      paper.querySelector("[name=csrfmiddlewaretoken]").value = cookie("csrftoken"); // another one after a new log-in
      if (button && button.hasAttribute("formaction")) { paper.action = button.formAction; }
      sync.leave();
      paper.submit();
    });
  });
};

if (one("#grid-data")) { start(); }
