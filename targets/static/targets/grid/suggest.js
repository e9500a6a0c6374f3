// 绩效指标库 under the name cell: what is typed (as written, in pinyin, by initials) finds indicators of the same category.
// ↓ and ↑ choose, Enter takes, Esc closes; F4 asks without typing. What the row has not said yet comes with the name.

import { setText, textOf } from "./rows.js";

const WAIT = 200;
const COMES_ALONG = ["level1", "level2", "explanation"];

export const useSuggestions = (sheet, say) => {
  const { box, form } = sheet;
  const bar = document.querySelector("[data-suggest]");
  if (!bar) { return; }
  const has = (field) => form.columns.some((column) => column.field === field);
  const panel = document.createElement("div");
  const head = document.createElement("p");
  const list = document.createElement("ul");
  panel.className = "jx-suggest";
  panel.hidden = true;
  head.setAttribute("role", "status");
  list.id = "jx-suggest";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "绩效指标库");
  panel.append(head, list);
  document.body.append(panel);
  box.setAttribute("aria-autocomplete", "list");

  let found = [];
  let chosen = -1;
  let asked = 0;
  let timer = 0;

  const close = () => {
    clearTimeout(timer);
    asked += 1; // an answer that is still under way comes too late
    panel.hidden = true;
    found = [];
    chosen = -1;
    box.removeAttribute("aria-controls");
    box.removeAttribute("aria-activedescendant");
  };

  const mark = (place) => {
    chosen = place;
    Array.from(list.children).forEach((item, index) => item.setAttribute("aria-selected", String(index === place)));
    if (place < 0) { box.removeAttribute("aria-activedescendant"); return; }
    box.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  };

  const line = (entry, index) => {
    const item = document.createElement("li");
    const name = document.createElement("b");
    const facts = document.createElement("span");
    item.id = `jx-suggest-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    name.textContent = entry.name;
    const usual = entry.usual || (entry.unit && `单位 ${entry.unit}`);
    const used = entry.last_used ? `用过${entry.uses}次，最近${entry.last_used}年` : "";
    facts.textContent = [entry.level2, usual, entry.department || "共性", used].filter(Boolean).join(" · ");
    item.append(name, facts);
    if (entry.explanation) {
      const how = document.createElement("small");
      how.textContent = entry.explanation;
      item.append(how);
    }
    return item;
  };

  const show = (entries) => {
    found = entries;
    if (!found.length) { close(); return; }
    list.replaceChildren(...found.map(line));
    head.textContent = `指标库有${found.length}条：↓ 选，回车采用，Esc 关闭`;
    panel.hidden = false;
    mark(-1);
    const place = box.getBoundingClientRect();
    const isLow = window.innerHeight - place.bottom < panel.offsetHeight && place.top > panel.offsetHeight;
    panel.style.left = `${window.scrollX + Math.min(place.left, window.innerWidth - panel.offsetWidth - 24)}px`;
    panel.style.top = `${window.scrollY + (isLow ? place.top - panel.offsetHeight : place.bottom)}px`;
    box.setAttribute("aria-controls", list.id);
  };

  const ask = async () => {
    const row = sheet.rows[sheet.at.place];
    const address = new URL(bar.dataset.suggest, location.href);
    address.searchParams.set("q", box.value.trim());
    ["level1", "level2"].filter(has).forEach((field) => address.searchParams.set(field, textOf(row, field).trim()));
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      const { suggestions } = answer.ok && !answer.redirected ? await answer.json() : { suggestions: [] };
      if (mine === asked && sheet.field === "name" && document.activeElement === box) { show(suggestions); }
    } catch { /* without a connection there are no suggestions, and typing goes on */ }
  };

  const take = (entry) => {
    const { place } = sheet.at;
    let rows = setText(sheet.rows, place, "name", entry.name, form.merges);
    COMES_ALONG.filter(has).forEach((field) => {
      if (entry[field] && !textOf(rows[place], field).trim()) {
        rows = setText(rows, place, field, entry[field], form.merges);
      }
    });
    close();
    sheet.wantsFocus = true;
    sheet.change(rows, sheet.at);
    sheet.focus();
    say(`已采用“${entry.name}”${entry.usual ? `，常用取值 ${entry.usual}` : ""}。`);
  };

  const later = () => {
    clearTimeout(timer);
    if (sheet.field !== "name" || !box.value.trim()) { close(); return; }
    timer = setTimeout(ask, WAIT);
  };

  const keys = {
    ArrowDown: () => mark((chosen + 1) % found.length),
    ArrowUp: () => mark((chosen <= 0 ? found.length : chosen) - 1),
    Escape: close,
    Enter: () => take(found[chosen]),
  };
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) { return; }
    const isOpen = !panel.hidden;
    const isMine = event.key === "F4" ? sheet.field === "name" : isOpen && event.key in keys;
    if (!isMine || (event.key === "Enter" && chosen < 0)) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.key === "F4") { ask(); } else { keys[event.key](); }
  });
  box.addEventListener("input", (event) => { if (!event.isComposing) { later(); } });
  box.addEventListener("compositionend", later);
  box.addEventListener("blur", close);
  sheet.on((what) => { if (what === "moved") { close(); } });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    event.preventDefault(); // the box keeps the focus
    if (item) { take(found[Array.from(list.children).indexOf(item)]); }
  });
};
