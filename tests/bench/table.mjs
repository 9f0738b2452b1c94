/** Rows of figures as text. */

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {string} measured
 * @property {string} [baseline] what it is held against in the same run
 * @property {number} [ratio] measured ÷ baseline
 * @property {string} [goal]
 */

const COLUMNS = [['', 'what'], ['measured', 'measured'], ['baseline', 'baseline'], ['ratio', 'ratio'], ['goal', 'goal']];

/** @param {readonly Row[]} rows */
export function printTable(rows) {
  const lines = [COLUMNS.map(([title]) => title), ...rows.map((row) => COLUMNS.map(([, key]) => (key === 'ratio' ? (row.ratio === undefined ? '' : `${row.ratio.toFixed(2)}×`) : (row[key] ?? ''))))];
  const used = COLUMNS.map((_, i) => lines.slice(1).some((line) => line[i] !== ''));
  const widths = COLUMNS.map((_, i) => Math.max(...lines.map((line) => line[i].length)));
  for (const line of lines) process.stdout.write(`  ${line.map((cell, i) => (used[i] ? cell.padEnd(widths[i] + 2) : '')).join('').trimEnd()}\n`);
}

/** @param {number} value in ms */
export const ms = (value) => (value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : value >= 100 ? `${value.toFixed(0)} ms` : `${value.toFixed(1)} ms`);

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;

/** @param {number} value per second */
export const perSecond = (value) => `${Math.round(value).toLocaleString('en')}/s`;

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
