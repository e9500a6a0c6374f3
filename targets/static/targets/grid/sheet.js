// The grid as a thing that is worked on: its rows with undo, where one is, what is selected, and the box that is typed into.
// Keys, mouse and clipboard are in hands.js; what goes to the server in sync.js.

import { Table } from "./table.js";
import { blankRow, isBlank, setText, textOf } from "./rows.js";

const UNDO_AT_MOST = 200;

export class Sheet {
  constructor(body, form) {
    this.form = form;
    this.table = new Table(body, form);
    this.rows = form.rows;
    this.past = [];
    this.future = [];
    this.at = { place: 0, column: 0 };
    this.from = null; // the other corner of a selection
    this.isEditing = false;
    this.listeners = [];
    this.box = document.createElement("textarea");
    this.box.className = "jx-box";
    this.box.setAttribute("aria-describedby", "cell-says");
    this.box.rows = 1;
    this.box.spellcheck = false;
    this.closeRows();
    this.draw();
    this.seat();
  }

  // Whoever wants to know: `changed` after the text of any cell did, `moved` after another cell became the active one.
  on(listener) { this.listeners.push(listener); }

  tell(what) { this.listeners.forEach((listener) => listener(what)); }

  get merges() { return this.form.merges; }

  get field() { return this.form.columns[this.at.column].field; }

  get label() { return this.form.columns[this.at.column].label; }

  // Columns that are not folded away.
  get columns() {
    return this.form.columns.map((column, index) => index).filter((index) => this.isShown(index));
  }

  isShown(column) {
    const { group } = this.form.columns[column];
    return !group || !this.form.frame.classList.contains(`no-${group}`);
  }

  // A cell that is drawn no more takes the box and its focus with it.
  draw() {
    this.wantsFocus = this.wantsFocus || document.activeElement === this.box;
    this.table.draw(this.rows);
  }

  // A blank row always waits at the end; it is stored only when something is typed into it.
  closeRows() {
    if (!this.rows.length || !isBlank(this.rows[this.rows.length - 1])) { this.rows = [...this.rows, blankRow()]; }
  }

  // Changing -----------------------------------------------------------------------------------------------------------

  remember() {
    this.past.push({ rows: this.rows, at: this.at });
    if (this.past.length > UNDO_AT_MOST) { this.past.shift(); }
    this.future = [];
  }

  change(rows, at = this.at) {
    if (rows === this.rows) { return; }
    this.finish();
    this.remember();
    this.put(rows, at);
  }

  // Rows from elsewhere (the server, another person): not something to undo.
  put(rows, at = this.at) {
    this.rows = rows;
    this.closeRows();
    this.draw();
    this.go({ place: Math.min(at.place, this.rows.length - 1), column: at.column }, { quietly: true });
    this.tell("changed");
  }

  // Rows that somebody else stored: undo must not take his words back.
  receive(rows, at) {
    this.past = [];
    this.future = [];
    this.put(rows, at);
  }

  // The same while one types in the row `key`: the box stays as it is.
  putAround(rows, key) {
    this.past = [];
    this.future = [];
    this.rows = rows;
    this.closeRows();
    this.at = { place: Math.max(0, this.rows.findIndex((row) => row.key === key)), column: this.at.column };
    this.before = { rows: this.rows, at: this.at };
    this.draw();
    if (!this.box.isConnected) { this.finish(); this.seat(); }
  }

  undo() { this.travel(this.past, this.future); }

  redo() { this.travel(this.future, this.past); }

  travel(back, forth) {
    this.finish();
    const then = back.pop();
    if (!then) { return; }
    forth.push({ rows: this.rows, at: this.at });
    this.from = null;
    this.rows = then.rows;
    this.draw();
    this.go(then.at);
    this.tell("changed");
  }

  // Being somewhere ----------------------------------------------------------------------------------------------------

  get cell() { return this.table.cellAt(this.at.place, this.field); }

  get text() { return textOf(this.rows[this.at.place], this.field); }

  go(at, { quietly = false, selecting = false } = {}) {
    this.finish();
    if (!selecting) { this.from = null; } else if (!this.from) { this.from = this.at; }
    this.at = at;
    this.seat();
    if (!quietly) { this.show(); }
    this.tell("moved");
  }

  // The box stands in the active cell, its whole text selected: what is typed replaces it, also with an input method.
  seat() {
    const had = document.activeElement === this.box;
    const { cell } = this;
    if (!cell) { return; }
    if (this.seated && this.seated !== cell) {
      this.seated.td.classList.remove("on", "merged");
      this.seated.text.hidden = false;
      this.line.classList.remove("cur");
    }
    this.seated = cell;
    this.line = cell.td.parentNode;
    const { text, td } = cell;
    td.classList.add("on");
    td.classList.toggle("merged", td.rowSpan > 1); // there the box takes the place of the text, elsewhere it lies over it
    text.hidden = td.rowSpan > 1;
    this.line.classList.add("cur");
    if (this.box.parentNode !== td) { td.append(this.box); }
    this.box.value = this.text;
    this.box.classList.remove("typing");
    this.fit();
    this.box.setAttribute("aria-label", `${this.label}，第${this.at.place + 1}行`);
    this.paint();
    if (had || this.wantsFocus) { this.focus(); }
  }

  focus() {
    this.wantsFocus = false;
    this.box.focus({ preventScroll: true });
    if (!this.isEditing) { this.box.select(); }
  }

  show() { this.cell.td.scrollIntoView({ block: "nearest", inline: "nearest" }); }

  // A box that lies over its text is as high as the text makes the cell.
  fit() {
    this.box.style.height = "";
    if (this.seated.text.hidden) { this.box.style.height = `${this.box.scrollHeight}px`; }
  }

  // Typing -------------------------------------------------------------------------------------------------------------

  edit() {
    if (this.isEditing) { return; }
    this.isEditing = true;
    this.before = { rows: this.rows, at: this.at };
    this.box.classList.add("typing");
  }

  // Every keystroke is in the rows at once, so that nothing typed is ever only in the box.
  take() {
    this.edit();
    const text = this.form.oneLine.includes(this.field) ? this.box.value.replace(/[\r\n]+/g, "") : this.box.value;
    this.rows = setText(this.rows, this.at.place, this.field, text, this.merges);
    this.closeRows();
    this.draw();
    this.fit();
    this.wantsFocus = false;
    this.tell("changed");
  }

  finish() {
    if (!this.isEditing) { return; }
    this.isEditing = false;
    this.box.classList.remove("typing");
    if (this.before.rows === this.rows) { return; }
    this.past.push(this.before);
    this.future = [];
  }

  cancel() {
    if (!this.isEditing) { return; }
    const { before } = this;
    this.isEditing = false;
    if (before.rows !== this.rows) { this.put(before.rows, before.at); }
    this.seat();
    this.focus();
  }

  // Selecting ----------------------------------------------------------------------------------------------------------

  // The selected block: from which row to which, and over which columns. Merged cells are in it as a whole.
  get block() {
    const other = this.from || this.at;
    const columns = this.columns.filter((column) =>
      column >= Math.min(other.column, this.at.column) && column <= Math.max(other.column, this.at.column));
    let first = Math.min(other.place, this.at.place);
    let last = Math.max(other.place, this.at.place);
    if (columns.length === 1 && this.from === null) {
      first = this.table.topOf(first, this.field);
      last = first;
    }
    return { first, last, columns, fields: columns.map((column) => this.form.columns[column].field) };
  }

  paint() {
    const { first, last, fields } = this.block;
    const chosen = new Set();
    if (this.from) {
      for (let place = first; place <= last; place += 1) {
        fields.forEach((field) => chosen.add(this.table.cellAt(place, field).td));
      }
    }
    (this.painted || []).forEach((td) => { if (!chosen.has(td)) { td.classList.remove("sel"); } });
    chosen.forEach((td) => td.classList.add("sel"));
    this.painted = [...chosen];
  }

  outline(tds) {
    (this.outlined || []).forEach((td) => td.classList.remove("pasted"));
    tds.forEach((td) => td.classList.add("pasted"));
    this.outlined = tds;
  }
}
