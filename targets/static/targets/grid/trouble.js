// The bar above the buttons that says why something is not saved, and offers what can be done about it.

const make = (tag, text = "", css = "") => {
  const node = document.createElement(tag);
  node.textContent = text;
  if (css) { node.className = css; }
  return node;
};

export class Trouble {
  constructor(bar, sync) {
    this.bar = bar;
    this.sync = sync;
    this.isLogin = false;
  }

  get isShown() { return !this.bar.hidden; }

  get sign() {
    return this.bar.querySelector("[data-choice]") ? "两人改了同一格，请选一个" : "有内容没有保存，请看说明";
  }

  line(text, ...buttons) {
    const line = make("p", text);
    buttons.forEach(([label, deed, css = "button line small"]) => {
      const button = make("button", label, css);
      button.type = "button";
      button.addEventListener("click", () => deed(line));
      line.append(" ", button);
    });
    this.bar.append(line);
    this.bar.hidden = false;
    return line;
  }

  remove(line) {
    line.remove();
    this.bar.hidden = !this.bar.children.length;
  }

  clear() {
    this.isLogin = false;
    this.bar.querySelectorAll("[data-halt]").forEach((line) => this.remove(line));
  }

  login() {
    this.clear();
    this.isLogin = true;
    const line = this.line("登录已过期，您输入的内容还在本页。请在新窗口登录后点“重试”。", ["重试", () => this.sync.retry()]);
    line.dataset.halt = "";
    const link = make("a", "在新窗口登录");
    link.href = this.sync.form.login;
    link.target = "_blank";
    link.rel = "noopener";
    line.insertBefore(link, line.querySelector("button"));
    line.insertBefore(document.createTextNode(" "), link);
  }

  refused(why) {
    this.clear();
    const line = this.line(`${why}您输入的内容还在本页，可以复制。`, ["重试", () => this.sync.retry()]);
    line.dataset.halt = "";
    const text = this.sync.unsaved();
    if (!text) { return; }
    const box = make("textarea", text);
    box.readOnly = true;
    box.rows = Math.min(6, text.split("\n").length);
    box.setAttribute("aria-label", "没有保存的内容");
    box.dataset.halt = "";
    this.bar.append(box);
  }

  // What was wrong with a cell is no longer so.
  settled(row, field) {
    this.bar.querySelectorAll("[data-cell]").forEach((line) => {
      if (line.dataset.cell === `${row} ${field}`) { this.remove(line); }
    });
  }

  // One cell: a choice between two values, or only a word.
  add(trouble) {
    const { row, field, stored, message, isNotice } = trouble;
    const name = stored === null ? row : `${row} ${field}`; // a row that is gone is told once
    this.settled(row, field);
    const settle = (isMine) => (line) => { this.remove(line); this.sync.settle(trouble, isMine); };
    let buttons = [["知道了", (line) => this.remove(line)]];
    if (!isNotice && stored === null) {
      buttons = [["重新加入", settle(true)], ["也删除", settle(false)]];
    } else if (!isNotice && stored !== undefined) {
      buttons = [["用我的", settle(true)], ["用对方的", settle(false)]];
    }
    const line = this.line(message, ...buttons);
    line.dataset.cell = name;
    if (buttons.length > 1) { line.dataset.choice = ""; }
  }
}
