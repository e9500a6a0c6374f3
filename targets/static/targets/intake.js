// The import preview: the button says how many forms go in, as ticked. Without this script the page works as well.
"use strict";
const page = document.querySelector("[data-intake]");
if (page) {
  const boxes = [...page.querySelectorAll("input[name=form]:not(:disabled)")];
  const confirm = page.querySelector("[data-confirm]");
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked);
    // Whole cents: binary fractions would show amounts that nobody entered.
    const inCents = (amount) => Math.round(Number(amount || 0) * 100);
    const cents = ticked.reduce((sum, box) => sum + inCents(box.dataset.amount), inCents(page.dataset.elsewhereAmount));
    const count = ticked.length + Number(page.dataset.elsewhere); // ticked on other pages
    page.querySelector("[data-total]").hidden = cents === 0;
    page.querySelector("[data-count]").textContent = count;
    page.querySelector("[data-sum]").textContent = (cents / 1000000).toLocaleString("en-US", {
      minimumFractionDigits: 2, maximumFractionDigits: 6,
    });
    confirm.textContent = `确认导入 ${count} 张`;
    confirm.disabled = count === 0;
  };
  const choose = (wanted) => {
    for (const box of boxes) box.checked = wanted(box);
    tell();
  };
  if (confirm) {
    const tools = page.querySelector("[data-choose]");
    tools.hidden = false;
    tools.querySelector("[data-choose-all]").addEventListener("click", () => choose(() => true));
    tools.querySelector("[data-choose-none]").addEventListener("click", () => choose(() => false));
    tools.querySelector("[data-choose-new]").addEventListener("click", () => choose((box) => box.dataset.action === "create"));
    page.addEventListener("change", tell);
    for (const mode of page.querySelectorAll("select[name^=mode-]")) {
      const stale = mode.closest("td").querySelector("[data-stale]");
      const compared = mode.value;
      mode.addEventListener("change", () => { stale.hidden = mode.value === compared; });
    }
    tell();
  }
}
