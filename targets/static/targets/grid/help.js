// What the checks say, beside the cell: marks, margin, lists and counts drawn anew, the value as it was understood, and cures
// of one click. The sentences are the server's; nothing is judged here.

import { isUnknown, nearest } from "./categories.js";
import { setText } from "./rows.js";

const make = (tag, css, text) => {
  const node = document.createElement(tag);
  node.className = css;
  node.textContent = text;
  return node;
};

export class Help {
  constructor(sheet, bar, paper) {
    this.sheet = sheet;
    this.paper = paper;
    [this.at, this.says, this.told, this.cure] = [".at", ".say", ".told", ".cure"].map((name) => bar.querySelector(name));
    this.take(sheet.form);
  }

  take(judgement) {
    this.words = judgement.words;
    this.cures = judgement.cures;
    this.sheet.table.judge(judgement.notes, judgement.margin);
    Object.entries(judgement.parts || {}).forEach(([name, html]) => this.fill(name, html));
    Object.entries(judgement.heads instanceof Array ? {} : judgement.heads).forEach(([name, css]) => {
      const cell = document.getElementById(`f-${name}`);
      if (!cell) { return; }
      ["has-e", "has-w"].forEach((one) => cell.classList.toggle(one, css.includes(one)));
    });
    this.cureHead();
    this.describe();
  }

  // A part in which somebody is writing an explanation stays as it is.
  fill(name, html) {
    const part = document.querySelector(`[data-part="${name}"]`);
    if (!part || part.innerHTML === html) { return; }
    const isWritten = Array.from(part.querySelectorAll("textarea")).some((box) => box.value !== box.defaultValue);
    if (isWritten || part.contains(document.activeElement)) { return; }
    const open = part.querySelector("details[open]");
    part.innerHTML = html; // ours: templates/targets/declaration/
    if (open && part.querySelector("details")) { part.querySelector("details").open = true; }
  }

  button({ label, text }, deed) {
    const button = make("button", "button line small", label);
    button.type = "button";
    button.addEventListener("click", () => deed(text));
    return button;
  }

  describe() {
    const { sheet } = this;
    const { key } = sheet.rows[sheet.table.topOf(sheet.at.place, sheet.field)];
    const place = `${key} ${sheet.field}`;
    const note = sheet.table.notes[place];
    this.at.textContent = `第${sheet.at.place + 1}行 · ${sheet.label}`;
    this.says.textContent = note ? note.say : sheet.text || "（空）";
    if (this.told.textContent) { return; }
    this.cure.textContent = "";
    const words = sheet.field === "target" && this.words[sheet.text];
    if (words) { this.cure.append(make("span", "quiet", `读作：${words}`)); }
    const row = sheet.rows[sheet.table.topOf(sheet.at.place, sheet.field)];
    const cures = [...(this.cures[place] || [])];
    if (isUnknown(row, sheet.field, sheet.form.taxonomy)) {
      const near = nearest(row, sheet.field, sheet.form.taxonomy);
      this.cure.append(make("span", "ask", `“${sheet.text}”不在本年度的指标分类中`));
      if (near) { cures.push({ label: `改为 ${near}`, text: near }); }
    }
    const question = cures.find((cure) => cure.question);
    if (question) { this.cure.append(make("span", "ask", question.question)); }
    cures.forEach((cure) => this.cure.append(" ", this.button(cure, (text) => {
      sheet.wantsFocus = true;
      sheet.change(setText(sheet.rows, sheet.at.place, sheet.field, text, sheet.merges));
    })));
  }

  // The goal and the title have no cell bar: their cures stand in the margin, below what was found.
  cureHead() {
    ["title", "goal"].forEach((name) => {
      const part = document.querySelector(`[data-part="head-${name}"]`);
      if (!part) { return; }
      part.querySelectorAll("[data-cure]").forEach((old) => old.remove());
      (this.cures[` ${name}`] || []).forEach((cure) => {
        const button = this.button(cure, (text) => {
          const input = this.paper.elements[name];
          input.value = text;
          input.dispatchEvent(new Event("input", { bubbles: true }));
          button.remove();
        });
        button.dataset.cure = "";
        part.append(button);
      });
    });
  }

  // What just happened, until the next move.
  say(text, action = null) {
    this.told.textContent = text;
    this.says.hidden = Boolean(text);
    this.cure.textContent = "";
    if (action) {
      this.cure.append(this.button(action, () => { this.sheet.wantsFocus = true; action.deed(); }));
    } else if (!text) {
      this.describe();
    }
  }
}
