// The rows on the screen: draws what changed, nothing else. Cells are plain text; the one box that is typed into stands in the
// active cell, so that a screen reader and an input method find a real text box there.

import { isUnknown } from "./categories.js";
import { joins, textOf, topsOf } from "./rows.js";

const make = (tag, css = "", text = "") => {
  const node = document.createElement(tag);
  if (css) { node.className = css; }
  if (text) { node.textContent = text; }
  return node;
};

const MARK = { error: ["jx-f e", "错"], warning: ["jx-f w", "警"], info: ["jx-f i", "示"] };
const TINT = { project: { error: "has-e", warning: "has-w" }, plan: { error: "e", warning: "w", info: "i" } };

export class Table {
  constructor(body, form) {
    this.body = body;
    this.form = form;
    this.lines = new Map(); // key → { tr, cells, drawn }
    this.notes = {};
    this.margin = {};
    this.rows = [];
    this.tops = [];
    this.body.textContent = "";
  }

  draw(rows) {
    const { merges } = this.form;
    this.rows = rows;
    this.tops = topsOf(rows, merges);
    this.heights = new Map();
    this.tops.forEach((tops, place) => Object.entries(tops).forEach(([field, top]) => {
      this.heights.set(`${top} ${field}`, place - top + 1);
    }));
    const left = new Set(this.lines.keys());
    let before = null;
    rows.forEach((row, place) => {
      left.delete(row.key);
      const tr = this.line(row, place);
      const next = before ? before.nextSibling : this.body.firstChild;
      if (tr !== next) { this.body.insertBefore(tr, next); }
      before = tr;
    });
    left.forEach((key) => {
      this.lines.get(key).tr.remove();
      this.lines.delete(key);
    });
  }

  line(row, place) {
    const { columns, kind, merges } = this.form;
    const tops = this.tops[place];
    const spans = columns.map(({ field }) => (field in tops ? 0 : this.heights.get(`${place} ${field}`) || 1)).join(" ");
    let line = this.lines.get(row.key);
    if (!line) {
      const tr = make("tr");
      tr.id = `row-${row.key}`;
      const head = make("td", kind === "plan" ? "s0" : "gut");
      const number = make("button", "jx-rownum");
      number.type = "button";
      number.tabIndex = -1;
      number.setAttribute("aria-haspopup", "true");
      head.append(number);
      tr.append(head);
      line = { tr, number, cells: {}, spans: "", row: null, place: -1, margin: null };
      if (kind === "project") {
        line.margin = make("td", "m");
        tr.append(line.margin);
      }
      this.lines.set(row.key, line);
      this.fillMargin(row.key);
    }
    const isStale = this.form.stale.includes(row.key);
    if (line.place !== place || line.isStale !== isStale) {
      line.place = place;
      line.isStale = isStale;
      line.number.textContent = String(place + 1);
      line.number.classList.toggle("stale", isStale);
      line.number.setAttribute("aria-label", `第${place + 1}行${isStale ? "，未更新" : ""}，可加行、删行、移动、合并`);
    }
    line.tr.classList.toggle("g", kind === "plan" && !joins(row, this.rows[place - 1], merges[0]));
    if (line.spans !== spans) { this.fill(line, row, spans.split(" ").map(Number)); }
    if (line.row !== row) {
      Object.entries(line.cells).forEach(([field, { text }]) => {
        const said = textOf(row, field);
        if (text.textContent !== said) { text.textContent = said; }
      });
      ["level1", "level2"].filter((field) => line.cells[field]).forEach((field) => {
        line.cells[field].td.classList.toggle("odd", isUnknown(row, field, this.form.taxonomy));
      });
      line.row = row;
    }
    return line.tr;
  }

  fill(line, row, spans) {
    let before = line.number.parentNode;
    this.form.columns.forEach((column, index) => {
      const { field } = column;
      let cell = line.cells[field];
      if (!spans[index]) {
        if (cell) { cell.td.remove(); delete line.cells[field]; }
        return;
      }
      if (!cell) {
        const td = make("td", `jx-cell ${column.css}`);
        const text = make("div");
        td.id = `c-${row.key}-${field}`;
        td.append(text);
        if (field === "name" && this.form.kind === "project") { td.colSpan = 2; }
        text.textContent = textOf(row, field);
        cell = { td, text };
        line.cells[field] = cell;
        this.mark(row.key, field);
      }
      cell.td.rowSpan = spans[index];
      if (before.nextSibling !== cell.td) { line.tr.insertBefore(cell.td, before.nextSibling); }
      before = cell.td;
    });
    line.spans = spans.join(" ");
  }

  topOf(place, field) {
    const top = this.tops[place] && this.tops[place][field];
    return top === undefined ? place : top;
  }

  heightOf(place, field) {
    return this.heights.get(`${this.topOf(place, field)} ${field}`) || 1;
  }

  cellAt(place, field) {
    const row = this.rows[this.topOf(place, field)];
    const line = row && this.lines.get(row.key);
    return line ? line.cells[field] || null : null;
  }

  // Place and field of a cell on the screen.
  placeOf(td) {
    const found = /^c-([0-9a-f]+)-(\w+)$/.exec(td.id);
    const line = found && this.lines.get(found[1]);
    return line ? { place: line.place, field: found[2] } : null;
  }

  // What the checks say: { "key field": { level, say } } and the margin's { key: html }.
  judge(notes, margin) {
    const touched = new Set([...Object.keys(this.notes), ...Object.keys(notes)]);
    const lines = new Set([...Object.keys(this.margin), ...Object.keys(margin)]);
    this.notes = notes;
    this.margin = margin;
    touched.forEach((name) => this.mark(...name.split(" ")));
    lines.forEach((key) => this.fillMargin(key));
  }

  mark(key, field) {
    const line = this.lines.get(key);
    const cell = line && line.cells[field];
    if (!cell) { return; }
    const note = this.notes[`${key} ${field}`];
    const tint = TINT[this.form.kind];
    Object.entries(tint).forEach(([level, css]) => cell.td.classList.toggle(css, Boolean(note) && note.level === level));
    const old = cell.td.querySelector(":scope > .jx-f");
    if (old) { old.remove(); }
    if (note && note.level && this.form.kind === "plan") {
      const [css, word] = MARK[note.level];
      cell.td.prepend(make("span", css, word));
    }
  }

  fillMargin(key) {
    const line = this.lines.get(key);
    if (!line || !line.margin) { return; }
    const html = this.margin[key] || "";
    if (line.said === html || line.margin.contains(document.activeElement)) { return; }
    line.said = html;
    line.margin.innerHTML = html; // ours: templates/targets/declaration/note.html
  }
}
