// Keys, mouse and clipboard. Nothing here reacts while an input method composes.

import { isUnknown } from "./categories.js";
import { continuing, oddities, readBlock } from "./pasting.js";
import { useSuggestions } from "./suggest.js";
import { format } from "./tsv.js";
import { groupsAround, isBlank, joins, moveDown, moveUp, removeRows, setBlock, setText, textOf } from "./rows.js";

const isComposing = (event) => event.isComposing || event.keyCode === 229;

export const useHands = (sheet, { say, step, find, menu }) => {
  const { box, form } = sheet;
  useSuggestions(sheet, say); // first: an open list takes the keys before the grid does

  // Where one comes from the active cell by so many rows and columns; null past the edge.
  const neighbour = (rows, columns) => {
    const { place, column } = sheet.at;
    let to = place;
    if (rows > 0) { to = sheet.table.topOf(place, sheet.field) + sheet.table.heightOf(place, sheet.field) - 1 + rows; }
    if (rows < 0) { to = sheet.table.topOf(place, sheet.field) + rows; }
    const shown = sheet.columns;
    const next = shown[shown.indexOf(column) + columns];
    if (to < 0 || to >= sheet.rows.length || next === undefined) { return null; }
    return { place: to, column: next };
  };

  const move = (rows, columns, selecting = false) => {
    const at = neighbour(rows, columns);
    if (at) { sheet.go(at, { selecting }); }
    return Boolean(at);
  };

  // Tab goes on to the next row at the end of one, and out of the grid at the end of all.
  const tab = (isBack) => {
    if (move(0, isBack ? -1 : 1)) { return true; }
    const shown = sheet.columns;
    const place = sheet.at.place + (isBack ? -1 : 1);
    if (place < 0 || place >= sheet.rows.length) { sheet.finish(); return false; }
    sheet.go({ place, column: isBack ? shown[shown.length - 1] : shown[0] });
    return true;
  };

  const jump = (place, column, selecting) => {
    sheet.go({ place, column }, { selecting });
    return true;
  };

  const clear = () => {
    const { first, last, fields } = sheet.block;
    let { rows } = sheet;
    for (let place = first; place <= last; place += 1) {
      fields.forEach((field) => {
        if (textOf(rows[place], field)) { rows = setText(rows, place, field, "", form.merges); }
      });
    }
    sheet.change(rows);
    return true;
  };

  const fillDown = () => {
    const { first, last, fields } = sheet.block;
    const source = first === last && !sheet.from ? first - 1 : first;
    if (source < 0) { return true; }
    let { rows } = sheet;
    for (let place = source + 1; place <= last; place += 1) {
      fields.forEach((field) => { rows = setText(rows, place, field, textOf(rows[source], field), form.merges); });
    }
    sheet.change(rows);
    return true;
  };

  const carry = (deed) => {
    const { place, column } = sheet.at;
    if (isBlank(sheet.rows[place])) { return true; }
    const moved = deed(sheet.rows, place, form.merges);
    sheet.change(moved.rows, { place: moved.place, column });
    return true;
  };

  const last = () => sheet.rows.length - 1;
  const ends = () => { const shown = sheet.columns; return [shown[0], shown[shown.length - 1]]; };
  const startEditing = () => {
    sheet.edit();
    box.setSelectionRange(box.value.length, box.value.length);
    return true;
  };

  const PAGE = 10;
  const moving = { // keys while one goes about
    ArrowUp: (event) => move(-1, 0, event.shiftKey) || true,
    ArrowDown: (event) => move(1, 0, event.shiftKey) || true,
    ArrowLeft: (event) => move(0, -1, event.shiftKey) || true,
    ArrowRight: (event) => move(0, 1, event.shiftKey) || true,
    Home: (event) => jump(sheet.at.place, ends()[0], event.shiftKey),
    End: (event) => jump(sheet.at.place, ends()[1], event.shiftKey),
    PageDown: (event) => jump(Math.min(last(), sheet.at.place + PAGE), sheet.at.column, event.shiftKey),
    PageUp: (event) => jump(Math.max(0, sheet.at.place - PAGE), sheet.at.column, event.shiftKey),
    "ctrl+Home": (event) => jump(0, ends()[0], event.shiftKey),
    "ctrl+End": (event) => jump(last(), ends()[1], event.shiftKey),
    "ctrl+a": () => {
      sheet.go({ place: 0, column: ends()[0] }, { quietly: true });
      return jump(Math.max(0, last() - 1), ends()[1], true);
    },
    "ctrl+d": fillDown,
    "ctrl+z": () => { sheet.undo(); return true; },
    "ctrl+y": () => { sheet.redo(); return true; },
    "ctrl+Z": () => { sheet.redo(); return true; },
    "alt+ArrowUp": () => carry(moveUp),
    "alt+ArrowDown": () => carry(moveDown),
    F2: startEditing,
    Delete: clear,
    Escape: () => { sheet.go(sheet.at); return true; },
  };
  const typing = { // keys while one types
    Escape: () => { sheet.cancel(); return true; },
    "alt+Enter": () => { box.setRangeText("\n", box.selectionStart, box.selectionEnd, "end"); sheet.take(); return true; },
  };
  const always = {
    Enter: (event) => move(event.shiftKey ? -1 : 1, 0) || (sheet.go(sheet.at), true),
    Tab: (event) => tab(event.shiftKey),
    F8: (event) => { step(event.shiftKey ? -1 : 1); return true; },
    "ctrl+f": find,
    ContextMenu: () => { menu(sheet.at.place); return true; },
    F10: (event) => event.shiftKey && (menu(sheet.at.place), true),
  };

  box.addEventListener("keydown", (event) => {
    if (isComposing(event)) { return; }
    const control = event.ctrlKey || event.metaKey;
    const name = `${control ? "ctrl+" : ""}${event.altKey ? "alt+" : ""}${event.key}`;
    sheet.outline([]);
    const deed = (sheet.isEditing ? typing : moving)[name] || always[name];
    if (deed && deed(event)) { event.preventDefault(); }
  });

  box.addEventListener("compositionstart", () => sheet.edit());
  box.addEventListener("input", () => sheet.take());
  box.addEventListener("blur", () => sheet.finish());

  // Mouse ------------------------------------------------------------------------------------------------------------

  const cellUnder = (target) => {
    const td = target.closest && target.closest("td.jx-cell");
    const found = td && sheet.table.placeOf(td);
    if (!found) { return null; }
    return { place: found.place, column: form.columns.findIndex((column) => column.field === found.field) };
  };
  let isDragging = false;
  sheet.table.body.addEventListener("mousedown", (event) => {
    const at = event.button === 0 ? cellUnder(event.target) : null;
    sheet.outline([]);
    if (!at) { return; }
    if (event.target === box && document.activeElement === box) { // a second click puts the cursor into the text
      isDragging = !sheet.isEditing;
      if (!event.shiftKey) { sheet.edit(); return; }
    }
    event.preventDefault();
    isDragging = true;
    sheet.wantsFocus = true;
    sheet.go(at, { quietly: true, selecting: event.shiftKey });
  });
  sheet.table.body.addEventListener("mouseover", (event) => {
    if (!isDragging || !(event.buttons & 1) || sheet.isEditing) { return; }
    const at = cellUnder(event.target);
    if (at && (at.place !== sheet.at.place || at.column !== sheet.at.column)) {
      sheet.go(at, { quietly: true, selecting: true });
    }
  });
  document.addEventListener("mouseup", () => { isDragging = false; });

  // Clipboard --------------------------------------------------------------------------------------------------------

  // Merged cells go out as spreadsheets have them: the text above, blanks below.
  const copied = () => {
    const { first, last: end, fields } = sheet.block;
    return sheet.rows.slice(first, end + 1).map((row, index) => fields.map((field) =>
      (index > 0 && joins(row, sheet.rows[first + index - 1], field) ? "" : textOf(row, field))));
  };
  const put = (event) => {
    event.clipboardData.setData("text/plain", format(copied()));
    event.preventDefault();
  };
  box.addEventListener("copy", (event) => { if (!sheet.isEditing) { put(event); } });
  box.addEventListener("cut", (event) => { if (!sheet.isEditing) { put(event); clear(); } });

  box.addEventListener("paste", (event) => {
    const clip = event.clipboardData.getData("text/plain");
    if (sheet.isEditing && !clip.includes("\t")) { return; } // into the text; a block of cells never lands in one cell
    event.preventDefault();
    if (!clip) {
      const isPage = event.clipboardData.types.includes("text/html");
      say(`剪贴板里${isPage ? "只有网页格式" : "没有文字"}，没有粘贴。请在表格软件中选中单元格复制后再粘贴。`);
      return;
    }
    paste(clip);
  });

  const paste = (clip) => {
    const { first, columns: shown } = sheet.block;
    const columns = sheet.columns.slice(sheet.columns.indexOf(shown[0]));
    const room = columns.map((column) => form.columns[column].field);
    const read = readBlock(clip, room, form, room.length);
    if (read.fault) { say(read.fault); return; }
    const block = repeated(read.block);
    const fields = room.slice(0, block[0].length);
    if (first + block.length > form.rowsAtMost) {
      say(`一张表最多${form.rowsAtMost}行，粘贴后有${first + block.length}行，没有粘贴。请分成几张表填写。`);
      return;
    }
    block.forEach((line) => line.forEach((cell, column) => {
      if (form.oneLine.includes(fields[column])) { line[column] = cell.replace(/\n+/g, ""); }
    }));
    const merged = continuing(block, fields, form.merges);
    const before = sheet.rows;
    const added = Math.max(0, first + block.length - (before.length - 1));
    const at = { place: first, column: columns[0] };
    sheet.change(setBlock(before, first, fields, block, form.merges, merged.keeps), at);
    outlineBlock(first, block.length, fields);
    const facts = [`已粘贴${block.length}行${fields.length}列`];
    if (read.left) { facts.push(`略去表头、落款${read.left}行`); }
    if (added) { facts.push(`新增${added}行`); }
    const odd = oddities(block);
    if (odd.length) { facts.push(`${odd.join("，")}，都照文字保留`); }
    const strange = sheet.rows.slice(first, first + block.length)
      .reduce((sum, row) => sum + fields.filter((field) => isUnknown(row, field, form.taxonomy)).length, 0);
    if (strange) { facts.push(`${strange}个分类不在名单中，已用虚线框出，请确认`); }
    const asBlank = merged.number ? {
      label: "改为空白",
      deed: () => {
        sheet.undo();
        sheet.change(setBlock(sheet.rows, first, fields, block, form.merges, () => false), at);
        outlineBlock(first, block.length, fields);
        say("空白格已留空，没有合并。");
      },
    } : null;
    say(`${facts.join("，")}${merged.number ? `；${merged.number}个空白格按“与上一行合并”处理` : ""}。`, asBlank);
  };

  const outlineBlock = (first, number, fields) => {
    const tds = [];
    for (let place = first; place < first + number; place += 1) {
      fields.forEach((field) => tds.push(sheet.table.cellAt(place, field).td));
    }
    sheet.outline([...new Set(tds)]);
  };

  // One value or one row goes into every row that is selected.
  const repeated = (block) => {
    const { first, last: end, columns } = sheet.block;
    const high = end - first + 1;
    const isSingle = block.length === 1 && block[0].length === 1;
    const wide = isSingle ? Array(columns.length).fill(block[0][0]) : null;
    if (!sheet.from || high % block.length) { return isSingle && sheet.from ? [wide] : block; }
    return Array.from({ length: high }, (_, index) => [...(wide || block[index % block.length])]);
  };

  return { clear, removeRows: (first, end) => sheet.change(removeRows(sheet.rows, first, end, form.merges)), groupsAround };
};
