// What a pasted block means: which lines are only headings, which columns are merged away, which blanks continue the cell above.

import { parse } from "./tsv.js";

const plain = (text) => text.replace(/[\s（）()：:]/g, "");

const HEADINGS = ["行", "序号", "部门职责", "指标参考值", "标准值", "历史值", "来源", "三级指标", "绩效指标", "指标名称", "指标解释",
  "对应科室", "责任科室", "指标值", "年度指标值", "规划值", "当年标准值", "前三年均值", "上年值", "备注", "工作活动", "预算项目",
  "职责目标", "职责序号", "一级指标", "二级指标"];

const isHeading = (line, labels) => {
  const said = line.map(plain).filter(Boolean);
  const known = said.filter((word) => labels.has(word) || /^(标准值|历史值|备注)(规划|统计|标准)/.test(word));
  return said.length > 1 && known.length * 2 > said.length;
};

const TOP_LINES = 12; // title, department and the rows of headings of an official sheet
const isFoot = (line) => /^(单位负责人|部门负责人|填表人|填报人|联系电话|经办人)/.test(plain(line.join("")));

const SIDE = /^(年度)?绩效(指标|目标)$/; // beside the rows of an official project form

// The pasted block as cells for `room` columns; `fault` says why it cannot be.
export const readBlock = (clip, fields, form, room) => {
  let block = parse(clip);
  if (block.length > form.rowsAtMost) {
    return { fault: `粘贴的有${block.length}行，一张表最多${form.rowsAtMost}行，没有粘贴。请分成几张表，或分次粘贴需要的行。` };
  }
  const labels = new Set([...HEADINGS, ...form.columns.map((column) => column.label)].map(plain));
  const top = block.slice(0, TOP_LINES).map((line) => isHeading(line, labels));
  const headings = top.lastIndexOf(true) + 1;
  const feet = [...block].reverse().findIndex((line) => !isFoot(line));
  if (headings + feet >= block.length && headings) {
    return { fault: "粘贴的只有表头，没有指标行，没有粘贴。请连同下面的行一起复制。" };
  }
  block = block.slice(headings, feet > 0 ? block.length - feet : block.length);
  let width = block[0].length;
  for (let column = width - 1; column >= 0 && width > room; column -= 1) { // 三级指标 spans two columns on paper
    if (block.every((line) => !line[column].trim() || SIDE.test(plain(line[column])))) {
      block = block.map((line) => [...line.slice(0, column), ...line.slice(column + 1)]);
      width -= 1;
    }
  }
  if (width > room) {
    return { fault: `粘贴的有${width}列，从这一格起只有${room}列，没有粘贴。请从靠左的格起粘贴，或少选几列再复制。` };
  }
  return { block, left: headings + Math.max(feet, 0) };
};

// Merged cells of a sheet come as blanks below the first: such a blank continues the cell above, unless a cell left of it
// begins something new.
export const continuing = (block, fields, merges) => {
  const kept = block.map((line, index) => {
    const own = fields.map(() => false);
    if (index === 0 || line.every((cell) => !cell.trim())) { return own; }
    for (let column = 0; column < fields.length; column += 1) {
      if (!merges.includes(fields[column]) || line[column].trim()) { break; }
      own[column] = true;
    }
    return own;
  });
  return {
    keeps: (index, column) => kept[index][column],
    number: kept.reduce((sum, line) => sum + line.filter(Boolean).length, 0),
  };
};

// What in a pasted text deserves a word: it is kept as text all the same.
export const oddities = (block) => {
  const cells = block.flat();
  const tags = cells.filter((cell) => /<\/?[a-z][^<>]*>/i.test(cell)).length;
  const formulas = cells.filter((cell) => /^[=+@]\s*[A-Za-z_(|]/.test(cell) && !/^=\s*\d/.test(cell)).length;
  return [
    tags ? `${tags}格夹有网页标签` : "",
    formulas ? `${formulas}格像公式` : "",
  ].filter(Boolean);
};
