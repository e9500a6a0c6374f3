// 仍然适用 without leaving the page: the mark goes, what is being typed stays. Without a script the button saves and reloads.
"use strict";
{
  const panel = document.querySelector("[data-stale]");
  const token = document.querySelector("#paper [name=csrfmiddlewaretoken]");
  const buttons = (place) => document.querySelectorAll(`button[name="do"][value="renewed:${place}"]`);

  const show = (left) => {
    panel.querySelector("[data-count]").textContent = String(left.length);
    panel.hidden = !left.length && !panel.querySelector('[value="means"]');
    document.querySelectorAll('button[name="do"][value^="renewed:"]').forEach((button) => {
      const place = button.value.slice("renewed:".length);
      if (place && left.includes(place)) { return; }
      if (!place && left.length) { return; }
      button.closest(".jx-menu.stale")?.classList.remove("stale");
      (button.closest("li") || button).remove();
    });
  };

  const confirm = async (place) => {
    const body = new URLSearchParams(place ? { place } : {});
    const answer = await fetch(panel.dataset.stale, {
      method: "POST", body, headers: { "X-CSRFToken": token.value, Accept: "application/json" },
    });
    if (!answer.ok || answer.redirected) { throw new Error(String(answer.status)); }
    const { stale } = await answer.json();
    show(stale);
    document.dispatchEvent(new CustomEvent("stale", { detail: stale })); // the grid marks its rows
  };

  if (panel && token) {
    document.addEventListener("saved", (event) => show(event.detail)); // what was typed is last year's no more
    document.addEventListener("click", (event) => {
      const button = event.target.closest('button[name="do"][value^="renewed:"]');
      if (!button || button.dataset.plain) { return; }
      event.preventDefault();
      confirm(button.value.slice("renewed:".length)).catch(() => {
        const place = button.value.slice("renewed:".length);
        buttons(place).forEach((one) => { one.dataset.plain = "1"; });
        button.click(); // the page then says why not
      });
    });
  }
}
