// 自动保存: what is typed goes to the server by itself, a few seconds later, as changed cells only. While there is no connection,
// or the log-in has run out, it is kept here and in the browser's own storage, and sent when that is possible again.

import { diff, rebase, replay, toStore } from "./changes.js";
import { Trouble } from "./trouble.js";

const QUIET = 2500; // from the last keystroke to saving
const AGAIN = 10000; // from one vain attempt to the next
const LOCALLY = 400;
const ROUNDS = 5; // answers in a row that leave something to send

export const cookie = (name) => (document.cookie.split("; ").find((one) => one.startsWith(`${name}=`)) || "").split("=")[1] || "";
const clock = () => new Date().toTimeString().slice(0, 5);

export class Sync {
  constructor(sheet, paper, { say, judged }) {
    this.sheet = sheet;
    this.form = sheet.form;
    this.paper = paper;
    this.say = say;
    this.judged = judged;
    this.state = this.form.state;
    this.stored = this.form.stored;
    this.storedHead = Object.fromEntries(this.inputs().map((input) => [input.name, input.defaultValue]));
    this.pending = null; // sent, and not known to have arrived
    this.held = new Map(); // place → text that must not be sent as it is
    this.isHalted = false;
    this.name = `targets.typed.${this.form.by}.${this.form.form}`;
    this.sign = document.querySelector("[data-saved]");
    this.trouble = new Trouble(document.querySelector("[data-trouble]"), this);
    this.restore();
    if (this.edits().length) { this.typed(); } // typed before the grid stood
    sheet.on((what) => { if (what === "changed") { this.typed(); } });
    paper.addEventListener("input", (event) => { if (this.isHead(event.target)) { this.typed(); } });
    window.addEventListener("online", () => this.send());
    document.addEventListener("visibilitychange", () => { if (document.hidden && !this.isHalted) { this.send(); } });
    window.addEventListener("focus", () => { if (this.trouble.isLogin) { this.retry(); } });
    window.addEventListener("beforeunload", (event) => {
      this.keepLocally();
      if (!this.isLeaving && this.edits().length) { event.preventDefault(); event.returnValue = ""; }
    });
  }

  // What there is to send -----------------------------------------------------------------------------------------------

  isHead(input) { return input.name && (this.form.heads.includes(input.name) || input.name.startsWith("extra.")); }

  inputs() { return Array.from(this.paper.elements).filter((input) => this.isHead(input)); }

  head() { return Object.fromEntries(this.inputs().map((input) => [input.name, input.value])); }

  edits() {
    const head = this.head();
    const changes = Object.keys(head).filter((name) => head[name] !== this.storedHead[name])
      .map((field) => ({ row: "", field, old: this.storedHead[field], new: head[field] }));
    return [...changes, ...diff(this.stored, this.sheet.rows, this.form)].filter((edit) => !this.isHeld(edit));
  }

  isHeld(edit) {
    const key = edit.row === undefined ? edit.remove || edit.move || edit.add.key : edit.row;
    const held = this.held.get(`${key} ${edit.field || ""}`.trim()) || this.held.get(key || "form");
    return held !== undefined && (held === null || held === edit.new);
  }

  // When -----------------------------------------------------------------------------------------------------------------

  typed() {
    clearTimeout(this.timer);
    clearTimeout(this.localTimer);
    clearTimeout(this.checkTimer);
    this.localTimer = setTimeout(() => this.keepLocally(), LOCALLY);
    this.checkTimer = setTimeout(() => this.check(), LOCALLY);
    this.timer = setTimeout(() => this.send(), QUIET);
    if (!this.trouble.isShown) { this.show("busy", "有修改，稍后自动保存"); }
  }

  show(state, words) {
    this.sign.dataset.s = state;
    this.sign.textContent = words;
  }

  // A button of the form goes on from here: nothing more is asked about this page.
  leave() {
    this.isLeaving = true;
    clearTimeout(this.timer);
    clearTimeout(this.checkTimer);
    if (this.checking) { this.checking.abort(); }
  }

  async post(body, signal) {
    const answer = await fetch(this.form.send, {
      method: "POST", redirect: "manual", credentials: "same-origin", signal,
      headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
      body: JSON.stringify({ by: this.form.by, state: this.state, ...body }),
    });
    if (answer.type === "opaqueredirect" || answer.status === 403) { return { isLoggedOut: true }; }
    if (answer.status === 404) { return { refusal: "这张表已不在您的办理范围内，没有保存。" }; }
    const isOurs = (answer.headers.get("Content-Type") || "").includes("json");
    if (answer.status === 413 || (answer.status === 400 && !isOurs)) { return { refusal: "一次修改的内容太多，没有保存。请分几次粘贴。" }; }
    if (!answer.ok && answer.status !== 409 && answer.status !== 400) { throw new Error(String(answer.status)); }
    return answer.json();
  }

  // The checks' word on what is on the page now; a later one overtakes an earlier one.
  async check() {
    if (this.isLeaving || this.isHalted) { return; }
    if (this.checking) { this.checking.abort(); }
    const checking = new AbortController();
    this.checking = checking;
    try {
      const answer = await this.post({ keep: false, edits: this.edits() }, checking.signal);
      if (answer.notes && checking === this.checking) { this.judged(answer); }
      this.isUnchecked = false;
    } catch { // without a connection the last word stands; saving tells of it
      this.isUnchecked = checking === this.checking;
    }
  }

  // Store everything; true when nothing is left. One request at a time, what was sent in vain goes first and unchanged.
  async send() {
    clearTimeout(this.timer);
    if (this.sending) { await this.sending; }
    if (this.isHalted) { return false; }
    this.sending = this.sendAll();
    const isDone = await this.sending;
    this.sending = null;
    return isDone;
  }

  async sendAll() {
    for (let round = 0; (this.pending || this.edits().length) && round < ROUNDS; round += 1) {
      this.show("busy", "正在保存…");
      if (!this.pending) {
        this.pending = { edits: this.edits(), rows: toStore(this.stored, this.sheet.rows), head: this.head() };
      }
      let answer;
      try {
        answer = await this.post({ keep: true, edits: this.pending.edits });
      } catch {
        this.show("local", `没有连上服务器，${this.pending.edits.length} 处修改先存在本机`);
        this.keepLocally();
        this.timer = setTimeout(() => this.send(), AGAIN);
        return false;
      }
      if (answer.isLoggedOut || answer.refusal) {
        this.keepLocally();
        this.halt(answer);
        return false;
      }
      this.stored = this.taken(answer);
      this.pending = null;
    }
    this.keepLocally();
    if (this.isUnchecked) { this.check(); }
    if (this.trouble.isShown) {
      this.show("clash", this.trouble.sign);
      return false;
    }
    this.show("", `已保存 ${this.savedAt || clock()}`);
    return true;
  }

  halt({ isLoggedOut, refusal }) {
    this.isHalted = true;
    this.show("local", "没有保存，内容还在本页");
    if (isLoggedOut) { this.trouble.login(); } else { this.trouble.refused(refusal); }
  }

  retry() {
    this.isHalted = false;
    this.trouble.clear();
    return this.send();
  }

  // What came back -------------------------------------------------------------------------------------------------------

  // The rows that are stored now.
  taken(answer) {
    const { pending } = this;
    this.state = answer.state;
    this.savedAt = answer.saved;
    this.form.stale = answer.stale;
    document.dispatchEvent(new CustomEvent("saved", { detail: answer.stale })); // the list above the form
    const troubles = [...answer.faults, ...answer.conflicts];
    let base = pending.rows;
    pending.edits.filter((edit) => edit.field).forEach(({ row, field }) => {
      this.held.delete(`${row} ${field}`.trim());
      this.trouble.settled(row, field);
    });
    troubles.forEach(({ row, field, stored, message }) => {
      const name = `${row} ${field}`.trim();
      const edit = pending.edits.find((one) => one.row === row && one.field === field);
      const isGone = stored === null;
      const added = pending.rows.find((one) => one.key === row);
      const was = stored === undefined || isGone ? edit && edit.old : stored;
      this.held.set(isGone ? row : name, isGone ? null : edit ? edit.new : added.texts[field]);
      base = isGone
        ? base.filter((one) => one.key !== row)
        : base.map((one) => (one.key === row ? patched(one, field, was || "") : one));
      if (!row) { pending.head[field] = was || ""; }
      this.trouble.add({ row, field, stored, message });
    });
    answer.kept.forEach(({ row, message }) => {
      base = base.filter((one) => one.key !== row);
      this.trouble.add({ row, message, isNotice: true });
    });
    this.storedHead = { ...this.storedHead, ...pending.head };
    if (!answer.rows) {
      this.sheet.draw();
      return base;
    }
    this.takeHead(answer.head, pending.head);
    const theirs = answer.rows;
    const key = this.sheet.rows[this.sheet.at.place].key;
    const rows = rebase(base, this.sheet.rows, theirs);
    if (!this.sheet.isEditing) {
      const place = Math.max(0, rows.findIndex((row) => row.key === key));
      this.sheet.receive(rows, { place, column: this.sheet.at.column });
    } else {
      this.sheet.putAround(rows, key);
    }
    this.check();
    return theirs;
  }

  takeHead(head, mine) {
    this.inputs().forEach((input) => {
      if (!(input.name in head)) { return; }
      const isHeld = this.held.has(input.name);
      if (!isHeld && input.value === mine[input.name]) { input.value = head[input.name]; }
      this.storedHead[input.name] = head[input.name];
    });
  }

  // One's own words, or the other's.
  settle({ row, field, stored }, isMine) {
    const name = `${row} ${field || ""}`.trim();
    this.held.delete(stored === null ? row : name);
    if (!isMine) { this.giveUp(row, field, stored); }
    this.typed();
    return this.send();
  }

  giveUp(row, field, stored) {
    if (!row) {
      const input = this.inputs().find((one) => one.name === field);
      input.value = stored;
      this.storedHead[field] = stored;
      return;
    }
    const { rows, at } = this.sheet;
    if (stored === null) {
      this.sheet.put(rows.filter((one) => one.key !== row), { place: Math.min(at.place, rows.length - 2), column: at.column });
    } else {
      this.sheet.put(rows.map((one) => (one.key === row ? patched(one, field, stored) : one)), at);
    }
  }

  // The browser's own storage ------------------------------------------------------------------------------------------

  keepLocally() {
    const sent = new Map((this.pending ? this.pending.edits : []).map((edit) => [`${edit.row} ${edit.field}`, edit.new]));
    const edits = this.edits().map((edit) => ({ ...edit, sent: sent.get(`${edit.row} ${edit.field}`) }));
    try {
      if (edits.length) {
        localStorage.setItem(this.name, JSON.stringify({ at: clock(), edits }));
      } else {
        localStorage.removeItem(this.name);
      }
    } catch { /* full or forbidden: the page still has it */ }
  }

  restore() {
    let draft = null;
    try { draft = JSON.parse(localStorage.getItem(this.name)); } catch { /* not readable: nothing to restore */ }
    if (!draft) { return; }
    const { rows, clashes } = replay(draft.edits, this.sheet.rows, this.form.merges);
    this.sheet.put(rows);
    this.inputs().forEach((input) => {
      const edit = draft.edits.find((one) => one.row === "" && one.field === input.name);
      if (!edit || input.value === edit.new) { return; }
      if (![edit.old, edit.sent].includes(input.value)) { clashes.push({ ...edit, stored: input.value }); }
      input.value = edit.new;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    clashes.forEach((clash) => {
      const { row, field, stored } = clash;
      this.held.set(stored === null ? row : `${row} ${field}`.trim(), stored === null ? null : clash.new);
      const message = stored === null
        ? `这一行已被删除，您写的“${clash.new}”没有地方放。`
        : `${this.placeOf(row, field)}：系统中已改为“${stored || "（空）"}”，您写的是“${clash.new || "（空）"}”。请选用哪一个。`;
      this.trouble.add({ row, field, stored, message, isNotice: stored === null });
    });
    this.say(`已恢复 ${draft.at} 没有来得及保存的 ${draft.edits.length} 处修改。`);
    this.typed();
  }

  placeOf(row, field) {
    const column = this.form.columns.find((one) => one.field === field);
    const input = this.inputs().find((one) => one.name === field);
    const place = this.sheet.rows.findIndex((one) => one.key === row);
    const label = column ? column.label : (input && input.labels[0] ? input.labels[0].textContent.trim() : field);
    return place < 0 ? label : `第${place + 1}行 ${label}`;
  }

  // Everything that is not stored, as lines to be copied.
  unsaved() {
    return this.edits().flatMap((edit) => {
      if (edit.add) {
        return Object.entries(edit.add.texts).filter(([, text]) => text)
          .map(([field, text]) => `${this.placeOf(edit.add.key, field)}：${text}`);
      }
      if (edit.remove || edit.move || edit.field === "continues") { return []; }
      return [`${this.placeOf(edit.row, edit.field)}：${edit.new}`];
    }).join("\n");
  }
}

const patched = (row, field, text) => (field === "continues"
  ? { ...row, continues: text.split(" ").filter(Boolean) }
  : { ...row, texts: { ...row.texts, [field]: text } });
