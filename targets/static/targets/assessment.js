// 审核表: the total while points are typed. Without it the total stands there after saving.
"use strict";
{
  const form = document.querySelector("[data-assessment]");
  const inputs = Array.from(form.querySelectorAll("[data-points]"));
  const total = form.querySelector("[data-total]");
  const grade = form.querySelector("[data-grade]");
  const [excellent, good, fair] = form.dataset.bands.split(" ").map(Number);

  const isWrong = (input) => input.value.trim() !== ""
    && !(Number(input.value) >= 0 && Number(input.value) <= Number(input.dataset.points));

  const add = () => {
    inputs.forEach((input) => input.classList.toggle("wrong", isWrong(input)));
    const given = inputs.filter((input) => input.value.trim() !== "" && !isWrong(input));
    const sum = Math.round(given.reduce((points, input) => points + Number(input.value), 0) * 100) / 100;
    total.textContent = given.length ? String(sum) : "—";
    const word = sum >= excellent ? "优" : sum >= good ? "良" : sum >= fair ? "中" : "差";
    grade.textContent = given.length === inputs.length ? word : `还有${inputs.length - given.length}项未填`;
    const advice = form.querySelector("[data-advice]");
    if (advice) { advice.hidden = true; } // it spoke of what was saved
  };

  if (total && grade) { form.addEventListener("input", add); }
  const saved = form.querySelector("[data-saved]");
  form.addEventListener("input", () => {
    saved.dataset.s = "local";
    saved.textContent = "有修改还没有保存";
  });
}
