// Side menu: open on the workbench and lists, folded on forms, whose width is needed for the form itself. Each of the
// two is remembered by itself; Django's own script (which runs before this one) knows only one state for all pages.
"use strict";
{
  const button = document.getElementById("toggle-nav-sidebar");
  if (button) {
    const main = document.getElementById("main");
    const isForm = document.body.classList.contains("change-form");
    const key = isForm ? "targets.menu.forms" : "targets.menu.lists";

    const remembered = () => { try { return localStorage.getItem(key); } catch { return null; } };
    const remember = (state) => { try { localStorage.setItem(key, state); } catch { /* lasts for this page */ } };

    const show = (isOpen) => {
      main.classList.toggle("shifted", isOpen);
      button.setAttribute("aria-expanded", String(isOpen));
      // Django's script puts the attribute on the <nav>, where it is not allowed.
      document.getElementById("nav-sidebar").removeAttribute("aria-expanded");
    };

    show((remembered() || (isForm ? "folded" : "open")) === "open");
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-expanded") !== "true";
      remember(isOpen ? "open" : "folded");
      show(isOpen);
    });
  }
}
