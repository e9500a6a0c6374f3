/* 选表: says beside the button what the ticked forms add up to, so that the foreword's numbers can be checked. */
(function () {
  "use strict";

  function cents(text) {
    return text ? Math.round(Number(text) * 100) : 0;
  }

  /* 元 in cents → 万元: two decimals, more only where two would hide a part of the amount. */
  function wan(amount) {
    var digits = String(amount).padStart(7, "0");
    var fraction = digits.slice(-6).replace(/0{1,4}$/, "");
    return Number(digits.slice(0, -6)).toLocaleString("en-US") + "." + fraction;
  }

  document.addEventListener("DOMContentLoaded", function () {
    var form = document.querySelector("form[data-choose]");
    if (!form) { return; }
    var boxes = Array.from(form.querySelectorAll("input[name=form]"));
    var sum = form.querySelector("[data-sum]");

    function tell() {
      var chosen = boxes.filter(function (box) { return box.checked; });
      var projects = chosen.filter(function (box) { return box.dataset.kind === "project"; });
      var plans = chosen.length - projects.length;
      var total = projects.reduce(function (all, box) { return all + cents(box.dataset.total); }, 0);
      var parts = [];
      if (projects.length) { parts.push(projects.length + " 个项目 " + wan(total) + " 万元"); }
      if (plans) { parts.push(plans + " 个部门整体绩效目标表"); }
      sum.textContent = parts.join("，") || "没有选入任何表";
    }

    function tickAll(state) {
      return function () {
        boxes.forEach(function (box) { box.checked = state; });
        tell();
      };
    }

    [["[data-all]", true], ["[data-none]", false]].forEach(function (pair) {
      var button = form.querySelector(pair[0]);
      button.hidden = false;
      button.addEventListener("click", tickAll(pair[1]));
    });
    form.addEventListener("change", tell);
    tell();
  });
})();
