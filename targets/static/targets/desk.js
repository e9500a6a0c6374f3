// The reading desk: a new remark is written beside its row without leaving the page, and what was typed below is kept
// while it is saved. Without this script the same links open the same inputs by loading the page again.
"use strict";
{
  const one = (selector, within = document) => within.querySelector(selector);
  const kept = `opinion:${location.pathname}`;
  let written = null;
  let pointed = "";

  const close = () => {
    if (written) { written.remove(); }
    written = null;
  };

  // The field of the cell one clicked last in this row, so that a remark on it needs no choosing.
  const fieldIn = (row) => (row && pointed.startsWith(`c-${row.id.slice(4)}-`) ? pointed.slice(row.id.length - 1) : "");

  const open = (link) => {
    const place = link.dataset.say;
    const template = one(`template[data-say-form="${place === "form" ? "form" : "row"}"]`);
    if (!template) { return false; }
    close();
    const row = link.closest("tr");
    written = one("form", template.content).cloneNode(true);
    const field = written.elements.field;
    if (place === "form") {
      field.value = "";
    } else if (place.startsWith("f-")) {
      const fixed = document.createElement("input");
      fixed.type = "hidden";
      fixed.name = "field";
      fixed.value = place.slice(2);
      field.replaceWith(fixed);
      written.elements.row.value = "";
    } else {
      written.elements.row.value = place;
      field.value = fieldIn(row);
      if (field.selectedIndex < 0) { field.value = ""; }
    }
    const margin = row && one("td.m", row); // a wide grid has none
    if (!margin) {
      const words = document.createElement("b");
      words.textContent = link.title;
      written.prepend(words);
      one("[data-say-place]").append(written);
    } else {
      margin.append(written);
    }
    written.elements.text.focus({ preventScroll: true });
    written.scrollIntoView({ block: "nearest" });
    return true;
  };

  document.addEventListener("click", (event) => {
    const cell = event.target.closest('td[id^="c-"]');
    if (cell) { pointed = cell.id; }
    const link = event.target.closest("a[data-say]");
    if (link && open(link)) { event.preventDefault(); }
    if (event.target.closest("a[data-say-close]") && written) {
      event.preventDefault();
      close();
    }
  });

  document.addEventListener("submit", (event) => {
    const opinion = one(".submit-row textarea[name=opinion]");
    if (!opinion) { return; }
    try {
      if (event.target.contains(opinion)) {
        sessionStorage.removeItem(kept);
      } else if (opinion.value) {
        sessionStorage.setItem(kept, opinion.value);
      }
    } catch { /* the opinion is typed again */ }
  });

  const opinion = one(".submit-row textarea[name=opinion]");
  try {
    if (opinion && !opinion.value) { opinion.value = sessionStorage.getItem(kept) || ""; }
    sessionStorage.removeItem(kept);
  } catch { /* no storage, nothing kept */ }
}
