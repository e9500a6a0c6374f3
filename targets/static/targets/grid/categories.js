// 一级、二级指标 that the year's list does not know: kept as typed, outlined, with the nearest known word as a suggestion.

import { textOf } from "./rows.js";

// Words known for the cell; null where any word may stand.
export const known = (row, field, taxonomy) => {
  const firsts = Object.keys(taxonomy);
  if (!firsts.length || !["level1", "level2"].includes(field)) { return null; }
  if (field === "level1") { return firsts; }
  return taxonomy[textOf(row, "level1")] || Object.values(taxonomy).flat();
};

export const isUnknown = (row, field, taxonomy) => {
  const text = textOf(row, field).trim();
  const words = text ? known(row, field, taxonomy) : null;
  return Boolean(words) && !words.includes(text);
};

// The known word that shares most characters; "" where none shares half of them.
export const nearest = (row, field, taxonomy) => {
  const text = new Set(textOf(row, field));
  const likeness = (word) => 2 * Array.from(new Set(word)).filter((one) => text.has(one)).length / (text.size + new Set(word).size);
  const [best] = [...known(row, field, taxonomy)].sort((a, b) => likeness(b) - likeness(a));
  return best && likeness(best) > 0.5 ? best : "";
};
