// The rows of a form and what may be done with them: plain data, never changed in place; every deed returns new rows, so
// that undo is a list of old ones. Merged cells follow the same rules as targets/row_buttons.py.
//
// A row is { key, texts: { field: text }, continues: [field] }; `merges` are the fields whose cells may continue the cell above.

const LABELS = 3; // so many of the mergeable columns name a row's category or duty; a duty's goal is each row's own

export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const blankRow = () => ({ key: newKey(), texts: {}, continues: [] });

export const textOf = (row, field) => row.texts[field] || "";

export const isBlank = (row) =>
  !Object.entries(row.texts).some(([field, text]) => text.trim() && !row.continues.includes(field));

export const joins = (row, above, field) =>
  Boolean(above) && row.continues.includes(field) && textOf(row, field) === textOf(above, field);

// For each row the fields that a cell above covers, with the place of the row where that cell is drawn.
export const topsOf = (rows, merges) => {
  const tops = [];
  rows.forEach((row, place) => {
    const own = {};
    merges.forEach((field) => {
      if (!joins(row, rows[place - 1], field)) { return; }
      const above = tops[place - 1][field];
      own[field] = above === undefined ? place - 1 : above;
    });
    tops.push(own);
  });
  return tops;
};

const withText = (row, field, text) => ({ ...row, texts: { ...row.texts, [field]: text } });
const without = (row, field) => ({ ...row, continues: row.continues.filter((one) => one !== field) });
const withMerge = (row, field) => (row.continues.includes(field) ? row : { ...row, continues: [...row.continues, field] });

// What continues the cell says what it says.
const spread = (rows, place, field) => {
  for (let below = place + 1; below < rows.length && rows[below].continues.includes(field); below += 1) {
    rows[below] = withText(rows[below], field, textOf(rows[place], field));
  }
};

// One text in one cell; a merged cell is changed as the whole that it is.
export const setText = (rows, place, field, text, merges) => {
  const top = topsOf(rows.slice(0, place + 1), merges)[place][field];
  const at = top === undefined ? place : top;
  const changed = [...rows];
  const own = changed[at].continues.includes(field) ? without(changed[at], field) : changed[at];
  const below = at + 1;
  const isMerged = below < rows.length && joins(rows[below], rows[at], field);
  changed[at] = withText(own, field, text);
  if (isMerged) { spread(changed, at, field); }
  return changed;
};

// A block of texts from `place` down, over `fields`; rows are added. `keeps(line, column)` tells which blank cells continue
// the cell above them.
export const setBlock = (rows, place, fields, block, merges, keeps) => {
  const changed = [...rows];
  while (changed.length < place + block.length) { changed.push(blankRow()); }
  block.forEach((line, index) => {
    const at = place + index;
    fields.forEach((field, column) => {
      const isKept = at > 0 && keeps(index, column);
      const row = withText(changed[at], field, isKept ? textOf(changed[at - 1], field) : line[column]);
      changed[at] = merges.includes(field) && isKept ? withMerge(row, field) : without(row, field);
    });
  });
  const after = place + block.length;
  if (after < changed.length) { changed[after] = honest(changed[after], changed[after - 1], merges); }
  return changed;
};

// A row that no longer says what the row above says is not merged with it.
const honest = (row, above, merges) => {
  const kept = row.continues.filter((field) => !merges.includes(field) || joins(row, above, field));
  return kept.length === row.continues.length ? row : { ...row, continues: kept };
};

// A row between two others: inside a merged cell it joins it when it says the same, else it parts it.
const insert = (rows, place, row, merges) => {
  const changed = [...rows];
  const above = changed[place - 1];
  const after = changed[place];
  const kept = [];
  merges.forEach((field) => {
    const isSame = Boolean(above) && textOf(above, field) === textOf(row, field);
    const isInside = Boolean(after) && after.continues.includes(field);
    if (isSame && (isInside || row.continues.includes(field))) {
      kept.push(field);
    } else if (isInside) {
      changed[place] = without(changed[place], field);
    }
  });
  changed.splice(place, 0, { ...row, continues: kept });
  return changed;
};

const labelsOf = (row, merges) => merges.slice(0, LABELS).filter((field) => textOf(row, field));

export const insertBelow = (rows, place, merges) => {
  const same = labelsOf(rows[place], merges);
  const texts = Object.fromEntries(same.map((field) => [field, textOf(rows[place], field)]));
  return insert(rows, place + 1, { ...blankRow(), texts, continues: same }, merges);
};

// Above the first row of a merged cell the new row becomes its first.
export const insertAbove = (rows, place, merges) => {
  const row = rows[place];
  const same = labelsOf(row, merges);
  const texts = Object.fromEntries(same.map((field) => [field, textOf(row, field)]));
  const shared = same.filter((field) => joins(row, rows[place - 1], field));
  const changed = [...rows];
  const others = row.continues.filter((field) => !same.includes(field) && !merges.includes(field));
  changed[place] = { ...row, continues: [...new Set([...same, ...others])] };
  changed.splice(place, 0, { ...blankRow(), texts, continues: shared });
  return changed;
};

export const removeRows = (rows, first, last, merges) => {
  const changed = [...rows.slice(0, first), ...rows.slice(last + 1)];
  if (first >= changed.length) { return changed; }
  const gone = rows[first];
  const after = changed[first];
  const kept = after.continues.filter((field) => !merges.includes(field) || gone.continues.includes(field));
  changed[first] = honest({ ...after, continues: kept }, changed[first - 1], merges);
  return changed;
};

// From where to where rows change places when row `place` goes up: two single rows inside a merged cell or outside of any,
// else the whole group above and the whole group that begins here, so that no merged cell is torn apart.
export const groupsAround = (rows, place, merges) => {
  let start = place - 1;
  let end = place + 1;
  merges.forEach((field) => {
    if (rows[place].continues.includes(field)) { return; }
    let first = place - 1;
    let last = place + 1;
    while (first > 0 && rows[first].continues.includes(field)) { first -= 1; }
    while (last < rows.length && rows[last].continues.includes(field)) { last += 1; }
    start = Math.min(start, first);
    end = Math.max(end, last);
  });
  return [start, end];
};

// Change places with what stands above; what both share with one merged cell they go on sharing. Tells where the row went.
export const moveUp = (rows, place, merges) => {
  if (place <= 0 || place >= rows.length) { return { rows, place }; }
  const [start, end] = groupsAround(rows, place, merges);
  const above = rows.slice(start, place);
  const here = rows.slice(place, end);
  const shared = merges.filter((field) => here[0].continues.includes(field));
  const joined = (row, fields) => ({
    ...row, continues: [...fields, ...row.continues.filter((field) => !merges.includes(field))],
  });
  const first = above[0];
  above[0] = joined(first, shared);
  here[0] = joined(here[0], shared.filter((field) => first.continues.includes(field)));
  return { rows: [...rows.slice(0, start), ...here, ...above, ...rows.slice(end)], place: start };
};

export const moveDown = (rows, place, merges) => {
  let next = place + 1; // the group that begins here goes down as a whole
  while (next < rows.length && merges.some((field) => rows[next].continues.includes(field)
    && !rows[place].continues.includes(field))) { next += 1; }
  if (next >= rows.length || (next === rows.length - 1 && isBlank(rows[next]))) { return { rows, place }; }
  const key = rows[place].key;
  const moved = moveUp(rows, next, merges).rows;
  return { rows: moved, place: moved.findIndex((row) => row.key === key) };
};

export const mergeUp = (rows, place, field) => {
  if (place === 0) { return rows; }
  const changed = [...rows];
  changed[place] = withMerge(withText(rows[place], field, textOf(rows[place - 1], field)), field);
  spread(changed, place, field);
  return changed;
};

export const part = (rows, place, field) => {
  const changed = [...rows];
  changed[place] = without(rows[place], field);
  return changed;
};
