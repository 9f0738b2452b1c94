/** The shape of cron schedules, with the texts of the parser that upstream uses (robfig/cron v3, five fields and descriptors). */

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const DESCRIPTORS: ReadonlySet<string> = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);

/** What is wrong with a schedule; undefined where nothing is. */
export function cronError(schedule: string): string | undefined {
  if (schedule.startsWith('@')) {
    if (DESCRIPTORS.has(schedule)) return undefined;
    if (!schedule.startsWith('@every ')) return `unrecognized descriptor: ${schedule}`;
    const text = schedule.slice('@every '.length);
    return /^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(text) ? undefined : `failed to parse duration ${schedule}: time: invalid duration "${text}"`;
  }
  const fields = schedule.trim().split(/\s+/).filter(Boolean);
  if (fields.length !== FIELDS.length) return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [i, bounds] of FIELDS.entries()) {
    for (const part of (fields[i] ?? '').split(',').filter(Boolean)) {
      const error = rangeError(part, bounds);
      if (error) return error;
    }
  }
  return undefined;
}

function rangeError(expression: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...more] = expression.split('/');
  const ends = range.split('-');
  const [first = '', last] = ends;
  let low: number;
  let high: number;
  if (first === '*' || first === '?') [low, high] = [bounds.min, bounds.max];
  else {
    const start = numberOf(first, bounds);
    if (typeof start === 'string') return start;
    low = start;
    if (ends.length > 2) return `too many hyphens: ${expression}`;
    const end = last === undefined ? start : numberOf(last, bounds);
    if (typeof end === 'string') return end;
    high = last === undefined && step !== undefined ? bounds.max : end;
  }
  let by = 1;
  if (step !== undefined) {
    if (more.length) return `too many slashes: ${expression}`;
    const parsed = numberOf(step, { min: 0, max: 0 });
    if (typeof parsed === 'string') return parsed;
    by = parsed;
  }
  if (low < bounds.min) return `beginning of range (${low}) below minimum (${bounds.min}): ${expression}`;
  if (high > bounds.max) return `end of range (${high}) above maximum (${bounds.max}): ${expression}`;
  if (low > high) return `beginning of range (${low}) beyond end of range (${high}): ${expression}`;
  if (by === 0) return `step of range should be a positive number: ${expression}`;
  return undefined;
}

/** The number of a text or of a month's or day's name; an error's text where it is neither. */
function numberOf(text: string, bounds: Bounds): number | string {
  const named = bounds.names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0 && text !== '') return named;
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing "${text}": invalid syntax`;
  const value = Number(text);
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}
