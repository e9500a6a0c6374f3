// The reading desk: a new remark is written beside its row without leaving the page, and what is typed there and below is
// kept until it has arrived. Without this script the same links open the same inputs by loading the page again.
"use strict";
{
  const one = (selector, within = document) => within.querySelector(selector);
  const kept = `desk:${document.currentScript.dataset.by}:${(/^.*?\/\d+\//.exec(location.pathname) || [""])[0]}`;
  let written = one(".jx-say-form"); // a refused one stands there already
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
    const said = written ? Object.fromEntries(new FormData(written)) : {};
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
    ["level", "audience", "text", "proposal"].forEach((name) => { // what was begun at another place comes along
      if (said[name]) { written.elements[name].value = said[name]; }
    });
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
      note("");
    }
  });

  // What is being written, kept in this tab until it has arrived: a session may end, or a link be pressed, in the middle of it.
  const read = () => { try { return JSON.parse(sessionStorage.getItem(kept)) || {}; } catch { return {}; } };
  const keep = (draft) => { try { sessionStorage.setItem(kept, JSON.stringify(draft)); } catch { /* typed again */ } };
  const opinionBox = () => one(".submit-row textarea[name=opinion]");

  const remarkWritten = () => {
    const form = written;
    if (!form || !(form.elements.text.value || form.elements.proposal.value)) { return null; }
    const values = Object.fromEntries(new FormData(form));
    delete values.csrfmiddlewaretoken;
    return { place: values.row || (form.elements.field.type === "hidden" && values.field ? `f-${values.field}` : "form"), values };
  };

  // What the page itself suggests is no draft: once the review form is mended, nobody wants it back.
  const note = (sent) => {
    const box = opinionBox();
    const isTyped = box && (sent || box.value !== box.defaultValue);
    keep({ sent, opinion: isTyped ? box.value : "", remark: remarkWritten() });
  };

  const writeAgain = ({ place, values }) => {
    const link = one(`a[data-say="${CSS.escape(place)}"]`) || one('a[data-say="form"]');
    if (!link || written || !open(link)) { return; }
    Object.entries(values).forEach(([name, value]) => {
      const input = written.elements[name];
      if (input && input.type !== "hidden") { input.value = value; }
    });
  };

  document.addEventListener("input", (event) => {
    if (event.target.closest(".jx-say-form, .submit-row")) { note(""); }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.matches(".jx-say-form")) { note("remark"); }
    if (event.target.matches(".submit-row")) { note("step"); }
  });

  const draft = read();
  const hasArrived = one("ul.messagelist li.success") !== null;
  if (hasArrived && draft.sent) { draft.remark = null; }
  if (hasArrived && draft.sent === "step") { draft.opinion = ""; }
  if (opinionBox() && !opinionBox().value) { opinionBox().value = draft.opinion || ""; }
  if (draft.remark) { writeAgain(draft.remark); }
  note("");

  // A refused remark stands open at its row: there the eye should be, not at the head of the page.
  const refused = one("#written");
  if (refused && one("#refusal")) { refused.scrollIntoView({ block: "center" }); }
}
