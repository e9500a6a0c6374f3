// Answers, explanations and the review form (审核表) are stored when a button is pressed. Until that has arrived, what was
// typed is kept in this tab: a session may end in the middle of it.
"use strict";
{
  const INPUTS = "[data-keep], [data-assessment] textarea, [data-assessment] select, [data-assessment] input:not([type=hidden])";
  const key = `kept:${document.currentScript.dataset.by}:${location.pathname}`;
  const boxes = () => Array.from(document.querySelectorAll(INPUTS));
  const isTicked = (box) => box.type === "radio" || box.type === "checkbox";
  const isTouched = (box) => {
    if (isTicked(box)) { return box.checked !== box.defaultChecked; }
    return box.matches("select") ? box.selectedIndex > 0 : box.value !== box.defaultValue;
  };

  const read = () => { try { return JSON.parse(sessionStorage.getItem(key)) || {}; } catch { return {}; } };
  const keep = (isSent) => {
    const values = boxes().filter(isTouched).map((box) => [box.name, box.value, isTicked(box) ? box.checked : null]);
    try { sessionStorage.setItem(key, JSON.stringify({ isSent, values })); } catch { /* typed again */ }
  };

  const fill = ([name, value, isChecked]) => {
    const box = boxes().find((one) => one.name === name && (isChecked === null || one.value === value));
    if (!box || isTouched(box)) { return; }
    if (isChecked === null) { box.value = value; } else { box.checked = isChecked; }
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };

  document.addEventListener("submit", (event) => {
    if (boxes().some((box) => box.form === event.target)) { keep(true); }
  });

  const kept = read();
  const hasArrived = kept.isSent && document.querySelector("ul.messagelist li.success") !== null;
  if (!hasArrived) { (kept.values || []).forEach(fill); }
  keep(false);
  document.addEventListener("input", (event) => { if (event.target.matches(INPUTS)) { keep(false); } });
}
