// 大字: enlarges the whole page and remembers it in this browser. Loaded in the head without defer, so that a page
// is never first shown small.
"use strict";
{
  const KEY = "targets.size";
  const root = document.documentElement;

  // Storage may be barred by the browser's settings; then the choice lasts for one page.
  const remembered = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const remember = (size) => { try { localStorage.setItem(KEY, size); } catch { /* see above */ } };

  const show = (size) => {
    root.dataset.size = size;
    document.querySelectorAll("[data-toggle-size]").forEach((button) => {
      button.setAttribute("aria-pressed", String(size === "large"));
    });
  };

  show(remembered() === "large" ? "large" : "normal");
  document.addEventListener("DOMContentLoaded", () => {
    show(root.dataset.size);
    document.addEventListener("click", (event) => {
      if (event.target.closest("[data-toggle-size]")) {
        const size = root.dataset.size === "large" ? "normal" : "large";
        remember(size);
        show(size);
      }
    });
  });
}
