// Blocks of cells as spreadsheets put them on the clipboard: lines of text, cells parted by tabs. A cell with a line break is
// quoted, its own quotes doubled; quotes that belong to a text stay as they are.

const PLAIN = /[^\t\r\n]*/y;
const QUOTED = /"([^"]*(?:""[^"]*)*)"(?=[\t\r\n]|$)/y;

const match = (pattern, text, at) => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

export const parse = (clip) => {
  const text = clip.replace(/\u0000/g, "").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const lines = [[]];
  for (let at = 0; at <= text.length; at += 1) {
    const quoted = text[at] === '"' ? match(QUOTED, text, at) : null;
    const isQuoted = quoted && /[\t\n]|""/.test(quoted[1]);
    const found = isQuoted ? quoted : match(PLAIN, text, at);
    lines[lines.length - 1].push(isQuoted ? quoted[1].replace(/""/g, '"') : found[0]);
    at += found[0].length;
    if (text[at] === "\n") { lines.push([]); }
  }
  return square(lines);
};

const square = (lines) => {
  const width = lines.reduce((most, line) => Math.max(most, line.length), 0);
  return lines.map((line) => [...line, ...Array(width - line.length).fill("")]);
};

export const format = (block) => block
  .map((line) => line.map((cell) => (/[\t\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)).join("\t"))
  .join("\r\n");
