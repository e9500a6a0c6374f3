// How to come from the stored rows to those on the page, each change saying what its author saw (targets/domain/edits.py),
// and how to take in what somebody else stored meanwhile.

import { isBlank, joins, setText, textOf } from "./rows.js";

const byKey = (rows) => new Map(rows.map((row) => [row.key, row]));

// Only what is really merged with the cell above is said to be.
const honest = (row, above, merges) =>
  row.continues.filter((field) => !merges.includes(field) || joins(row, above, field));

export const toStore = (stored, rows) => {
  const known = byKey(stored);
  return rows.filter((row) => known.has(row.key) || !isBlank(row));
};

export const diff = (stored, rows, { columns, merges }) => {
  const known = byKey(stored);
  const mine = toStore(stored, rows);
  const kept = new Set(mine.map((row) => row.key));
  const order = stored.map((row) => row.key).filter((key) => kept.has(key));
  const before = new Map(stored.map((row, place) => [row.key, place ? stored[place - 1].key : ""]));
  const edits = stored.filter((row) => !kept.has(row.key)).map((row) => ({ remove: row.key, seen: row }));
  mine.forEach((row, place) => {
    const after = place ? mine[place - 1].key : "";
    const continues = honest(row, mine[place - 1], merges);
    const old = known.get(row.key);
    if (!old) {
      order.splice(place, 0, row.key);
      edits.push({ add: { ...row, continues }, after });
      return;
    }
    if (order[place] !== row.key) {
      order.splice(order.indexOf(row.key), 1);
      order.splice(place, 0, row.key);
      edits.push({ move: row.key, after });
    }
    const stays = before.get(row.key) === after;
    columns.forEach(({ field }) => {
      const follows = stays && old.continues.includes(field) && continues.includes(field); // the cell above says it
      if (textOf(old, field) !== textOf(row, field) && !follows) {
        edits.push({ row: row.key, field, old: textOf(old, field), new: textOf(row, field) });
      }
    });
    if ([...old.continues].sort().join() !== [...continues].sort().join()) {
      edits.push({ row: row.key, field: "continues", old: old.continues.join(" "), new: continues.join(" ") });
    }
  });
  return edits;
};

// `mine` grew out of `base`; `theirs` is what is stored now. What I did not touch becomes theirs, the rest stays mine.
export const rebase = (base, mine, theirs) => {
  const [old, own] = [byKey(base), byKey(mine)];
  const there = byKey(theirs);
  const rows = theirs.filter((row) => own.has(row.key) || !old.has(row.key)).map((row) => {
    const [was, is] = [old.get(row.key), own.get(row.key)];
    if (!is) { return row; }
    const texts = { ...row.texts };
    Object.keys({ ...row.texts, ...is.texts }).forEach((field) => {
      const isMine = textOf(is, field) !== (was ? textOf(was, field) : "");
      if (isMine) { texts[field] = textOf(is, field); }
    });
    const isSame = was && was.continues.join() === is.continues.join();
    return { ...row, texts, continues: isSame || !was ? row.continues : is.continues };
  });
  mine.forEach((row, place) => {
    if (there.has(row.key)) { return; }
    const was = old.get(row.key);
    if (was && JSON.stringify(was) === JSON.stringify(row)) { return; } // somebody else deleted it, and I had not touched it
    const above = mine.slice(0, place).reverse().find((one) => rows.some((found) => found.key === one.key));
    rows.splice(above ? rows.findIndex((one) => one.key === above.key) + 1 : 0, 0, row);
  });
  return rows;
};

// Edits that a page could not send any more, over the rows of a fresh page. Tells which cells somebody else changed meanwhile.
export const replay = (edits, rows, merges) => {
  let done = rows;
  const clashes = [];
  edits.forEach((edit) => {
    const place = done.findIndex((row) => row.key === (edit.row || edit.remove || (edit.add && edit.add.key)));
    if (edit.add && place < 0) {
      const above = done.findIndex((row) => row.key === edit.after);
      done = [...done.slice(0, above + 1), edit.add, ...done.slice(above + 1)];
    } else if (edit.remove && place >= 0) {
      if (JSON.stringify(done[place].texts) === JSON.stringify(edit.seen.texts)) {
        done = done.filter((row) => row.key !== edit.remove);
      }
    } else if (edit.row && place >= 0 && edit.field === "continues") {
      done = done.map((row) => (row.key === edit.row ? { ...row, continues: edit.new.split(" ").filter(Boolean) } : row));
    } else if (edit.row && place >= 0) {
      const now = textOf(done[place], edit.field);
      if (now === edit.new) { return; }
      if (![edit.old, edit.sent].includes(now)) { clashes.push({ ...edit, stored: now }); }
      done = setText(done, place, edit.field, edit.new, merges);
    } else if (edit.row && edit.field !== "continues") {
      clashes.push({ ...edit, stored: null });
    }
  });
  return { rows: done, clashes };
};
