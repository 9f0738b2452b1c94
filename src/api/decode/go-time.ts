/** Times as Go reads them: what metav1.Time and MicroTime accept, and the words in which time.Parse refuses. */

type Step = { readonly layout: string; readonly pattern: RegExp; readonly max?: readonly [what: string, min: number, max: number] };

const DATE: readonly Step[] = [
  { layout: '2006', pattern: /^\d{4}/ },
  { layout: '-', pattern: /^-/ },
  { layout: '01', pattern: /^\d{2}/, max: ['month', 1, 12] },
  { layout: '-', pattern: /^-/ },
  { layout: '02', pattern: /^\d{2}/ },
  { layout: 'T', pattern: /^T/ },
  { layout: '15', pattern: /^\d{2}/, max: ['hour', 0, 23] },
  { layout: ':', pattern: /^:/ },
  { layout: '04', pattern: /^\d{2}/, max: ['minute', 0, 59] },
  { layout: ':', pattern: /^:/ },
];
const ZONE: Step = { layout: 'Z07:00', pattern: /^(?:Z|[+-]\d{2}:\d{2})/ };
const SECONDS: readonly Step[] = [...DATE, { layout: '05', pattern: /^\d{2}(?:[.,]\d+)?/, max: ['second', 0, 59.999999999] }, ZONE];
const MICROS: readonly Step[] = [...DATE, { layout: '05', pattern: /^\d{2}/, max: ['second', 0, 59] }, { layout: '.000000', pattern: /^\.\d{6}/ }, ZONE];

/** Times in the form in which they are written, on days that every month has. */
const CANONICAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ$/;
const CANONICAL_MICRO = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}Z$/;

/** The canonical text of a time, or why it is none. */
export function readTime(text: string, micro: boolean): { readonly time: string } | { readonly error: string } {
  if ((micro ? CANONICAL_MICRO : CANONICAL).test(text)) return { time: text };
  const layout = micro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
  const failed = (what: string) => ({ error: `parsing time ${JSON.stringify(text)}${what}` });
  let rest = text;
  const parts: string[] = [];
  for (const step of micro ? MICROS : SECONDS) {
    const found = step.pattern.exec(rest)?.[0];
    if (found === undefined) return failed(` as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(step.layout)}`);
    const value = Number(found.replace(',', '.'));
    if (step.max && !(value >= step.max[1] && value <= step.max[2])) return failed(`: ${step.max[0]} out of range`);
    parts.push(found);
    rest = rest.slice(found.length);
  }
  if (rest !== '') return failed(`: extra text: ${JSON.stringify(rest)}`);
  const day = Number(parts[4]);
  if (day < 1 || day > new Date(Date.UTC(Number(parts[0]), Number(parts[2]), 0)).getUTCDate()) return failed(': day out of range');
  const zone = parts.at(-1) ?? 'Z';
  const seconds = (parts[10] ?? '00').slice(0, 2);
  const utc = new Date(Date.parse(`${parts.slice(0, 10).join('')}${seconds}${zone}`)).toISOString().slice(0, 19);
  return { time: micro ? `${utc}${parts[11] ?? '.000000'}Z` : `${utc}Z` };
}
