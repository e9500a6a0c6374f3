// Comfort for the form pages; every page works without it. Boxes as high as their text, a warning before unsaved text is
// left, and for the wide grid: columns to show, find, next problem, the cell bar. Typing in the grid itself: grid/.
"use strict";
{
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const one = (selector) => document.querySelector(selector);
  let isDirty = false;
  let problem = -1;

  const fit = (box) => {
    if (CSS.supports("field-sizing", "content")) { return; }
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };

  const markDirty = () => {
    if (one("#grid-data")) { return; } // a grid saves by itself
    isDirty = true;
    const sign = one("[data-saved]");
    if (sign && sign.dataset.s !== "local") {
      sign.dataset.s = "local";
      sign.textContent = "有修改还没有保存";
    }
  };

  // A group heading spans only the columns that are shown.
  const spanHeads = () => all(".jx-grid thead th[data-leaf]").forEach((head) => {
    const span = head.dataset.leaf.split(" ")
      .filter((group) => !one(".jx-grid").classList.contains(`no-${group}`))
      .reduce((sum, group) => sum + all(`.jx-grid col.g-${group}`).length, 0);
    head.classList.toggle("off", !span);
    if (span) { head.colSpan = span; }
  });

  const fold = (group, isShown) => {
    one(".jx-grid").classList.toggle(`no-${group}`, !isShown);
    all(`[data-fold="${group}"]`).forEach((button) => button.setAttribute("aria-pressed", String(isShown)));
    spanHeads();
  };

  const remembered = () => { try { return localStorage.getItem("targets.columns"); } catch { return null; } };
  const remember = () => {
    const shown = all('[data-fold][aria-pressed="true"]').map((button) => button.dataset.fold).join(" ");
    try { localStorage.setItem("targets.columns", shown); } catch { /* lasts for this page */ }
  };
  const pressView = () => {
    const shown = all('[data-fold][aria-pressed="true"]').map((button) => button.dataset.fold).sort().join(" ");
    all("[data-view]").forEach((button) => button.setAttribute(
      "aria-pressed", String(button.dataset.view.split(" ").sort().join(" ") === shown)));
  };
  const showColumns = (groups) => {
    all("[data-fold]").forEach((button) => fold(button.dataset.fold, groups.includes(button.dataset.fold)));
    pressView();
  };

  const textOf = (cell) => {
    const box = cell.querySelector("textarea");
    return box ? box.value : cell.textContent;
  };

  const tell = (cell) => {
    const bar = one("[data-cellbar]");
    if (!bar || !cell || !cell.dataset.at) { return; }
    all(".jx-grid tr.cur").forEach((row) => row.classList.remove("cur"));
    cell.closest("tr").classList.add("cur");
    bar.querySelector(".at").textContent = cell.dataset.at;
    bar.querySelector(".say").textContent = cell.dataset.say || textOf(cell).trim() || "（空）";
  };

  const problems = () => all(".jx-grid td[data-say]");
  const goTo = (step) => {
    const cells = problems();
    if (!cells.length) { return; }
    problem = (problem + step + cells.length) % cells.length;
    const cell = cells[problem];
    const group = (/\bg-(\w+)/.exec(cell.className) || [])[1];
    if (group && one(`.jx-grid.no-${group}`)) { fold(group, true); pressView(); }
    one("[data-problem]").textContent = String(problem + 1);
    cell.scrollIntoView({ block: "center", inline: "nearest" });
    const box = cell.querySelector("textarea");
    if (box) { box.focus({ preventScroll: true }); }
    tell(cell);
  };

  const prepare = () => {
    all("[data-print], [data-tick-all], [data-tools], [data-cellbar]").forEach((part) => { part.hidden = false; });
    all("[data-paper] textarea").forEach(fit);
    isDirty = Boolean(one("[data-paper][data-dirty]")) && !one("#grid-data");
    if (one("[data-tools]")) {
      const kept = remembered();
      if (kept !== null) { showColumns(kept.split(" ")); }
      one("[data-problems]").textContent = String(problems().length);
    }
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-paper]")) { return; }
    isDirty = false;
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-find]")) {
      const word = event.target.value.trim();
      let hits = 0;
      all('.jx-grid tbody td[id^="c-"]').forEach((cell) => {
        const isHit = Boolean(word) && textOf(cell).includes(word);
        cell.classList.toggle("hit", isHit);
        hits += isHit ? 1 : 0;
      });
      one("[data-found]").textContent = word ? `${hits} 处` : "";
      const first = all(".jx-grid td.hit").find((cell) => cell.offsetParent);
      if (first) { first.scrollIntoView({ block: "nearest", inline: "nearest" }); }
    } else if (event.target.closest("[data-paper]")) {
      if (event.target.matches("textarea")) { fit(event.target); }
      markDirty();
    }
  });

  document.addEventListener("keydown", (event) => {
    // Enter in the search field must not save the form around it.
    if (event.key === "Enter" && event.target.matches("[data-find]")) { event.preventDefault(); }
  });

  // A row menu that would not fit below its number opens above it; what opens at the end of the page comes into sight.
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (menu.matches(".jx-more") && menu.open) { menu.scrollIntoView({ block: "nearest" }); }
    if (!menu.matches(".jx-menu") || !menu.open) { return; }
    menu.classList.remove("up");
    const bar = one(".submit-row");
    const floor = Math.min(window.innerHeight, bar ? bar.getBoundingClientRect().top : Infinity);
    const list = menu.querySelector("div").getBoundingClientRect();
    const grid = menu.closest(".jx-grid");
    const head = grid && grid.querySelector("thead th"); // the cells stick, their row does not
    const ceiling = head ? head.getBoundingClientRect().bottom : 0;
    const edge = grid ? Math.min(floor, grid.getBoundingClientRect().bottom) : floor;
    if (list.bottom <= edge) { return; }
    if (menu.getBoundingClientRect().top - list.height > ceiling) {
      menu.classList.add("up");
    } else {
      menu.querySelector("div").scrollIntoView({ block: "nearest" });
    }
  }, true);

  document.addEventListener("focusin", (event) => tell(event.target.closest(".jx-grid td[data-at]")));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const cell = event.target.closest(".jx-grid td[data-at]");
    all(".jx-menu[open], .jx-drop[open]").forEach((menu) => { if (!menu.contains(event.target)) { menu.open = false; } });
    if (event.target.matches("[data-tick-all]")) {
      all("tbody input[type=checkbox]", event.target.closest("table")).forEach((box) => { box.checked = event.target.checked; });
    } else if (cell) {
      const box = cell.querySelector("textarea");
      if (box && event.target !== box) { box.focus(); }
      tell(cell);
    } else if (button && button.matches("[data-print]")) {
      window.print();
    } else if (button && button.dataset.view !== undefined) {
      showColumns(button.dataset.view.split(" "));
      remember();
    } else if (button && button.dataset.fold) {
      fold(button.dataset.fold, button.getAttribute("aria-pressed") !== "true");
      pressView();
      remember();
    } else if (button && button.dataset.step) {
      goTo(Number(button.dataset.step));
    }
  });

  window.addEventListener("beforeunload", (event) => { if (isDirty) { event.preventDefault(); } });

  prepare();
}
