/**
 * The same command lines on two clusters that began alike, by the real kubectl v1.33 and by ours: standard output,
 * standard error, exit code and the objects that come of it must be the same. The cases are cases/*.txt: `npm test` runs a
 * few, `npm run test:parity` all of them; one alone: `PARITY_CASE=apply npm run test:parity`.
 */
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseCase, type Statement } from './support/case-file.ts';
import { Limit } from './support/limit.ts';
import { mask } from './support/mask.ts';
import { ALL } from './support/sample.ts';
import { build, Side, type Built } from './support/side.ts';
import { describeParity, oraclePath, type Outcome } from './oracle.ts';

const CASES = join('tests', 'parity', 'cases');
/** All of them wait for each other, so each has the time of all, on a machine that others use, too. */
const CASE_LIMIT_MS = 1_800_000;
const AT_ONCE = 2;
/** The main story, for `npm test`: all cases are 2,200 lines, which take a slow machine a quarter of an hour. */
const MAIN = ['apply', 'describe', 'edit', 'fixtures', 'requests'];
const wanted = process.env['PARITY_CASE'];
const isWanted = (name: string): boolean => (wanted === undefined ? ALL || MAIN.includes(name) : name === wanted);
const names = readdirSync(CASES).filter((file) => file.endsWith('.txt') && isWanted(basename(file, '.txt')));

describeParity('the real kubectl and ours', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parity-build-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let building: Promise<Built> | undefined;
  const limit = new Limit(AT_ONCE);

  test.concurrent.each(names)('%s', (name) => limit.run(async () => {
    const built = await (building ??= build(folder));
    const statements = parseCase(readFileSync(join(CASES, name), 'utf8'));
    const started = await Promise.allSettled([Side.start({ built, program: oraclePath as string }), Side.start({ built })]);
    const sides = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    try {
      for (const each of started) if (each.status === 'rejected') throw each.reason;
      const [real, ours] = sides as [Side, Side];
      const differences: string[] = [];
      for (const statement of statements) differences.push(...(await compare(statement, real, ours)));
      await Promise.all([real.settle(), ours.settle()]);
      differences.push(...diff('the objects at the end', ...((await Promise.all([real.objects(), ours.objects()])).map(textOf) as [string, string])));
      if (differences.length > 0) throw new Error(`${name}: ours (+) is not what the real kubectl does (-)\n\n${differences.join('\n')}`);
    } finally {
      await Promise.all(sides.map((side) => side.close()));
    }
  }), CASE_LIMIT_MS);
});

async function compare(statement: Statement, real: Side, ours: Side): Promise<readonly string[]> {
  if (statement.kind === 'settle') {
    const began = Date.now();
    await Promise.all([real.settle(), ours.settle()]);
    note(`# ${Date.now() - began} ms, line ${statement.line}\n$ settle\n`);
    return [];
  }
  if (statement.kind === 'pause' || statement.kind === 'resume') {
    await Promise.all([real.clock(statement.kind), ours.clock(statement.kind)]);
    return [];
  }
  const began = Date.now();
  const [expected, actual] = (await Promise.all([real.run(statement.text), ours.run(statement.text)])).map((outcome) => show(outcome, statement)) as [string, string];
  if (/^sh: .*Syntax error/m.test(expected)) throw new Error(`line ${statement.line} is no statement of the shell's: ${statement.text}`);
  note(`# ${Date.now() - began} ms, line ${statement.line}\n$ ${statement.text}\n${expected}\n`);
  const found = diff(`line ${statement.line}: ${statement.text}`, expected, actual);
  if (statement.kind !== 'known') return found;
  if (found.length === 0) process.stderr.write(`line ${statement.line} is marked as a known difference, and there is none: ${statement.text}\n`);
  return [];
}

/** With PARITY_TRANSCRIPT=FILE what the real kubectl said is kept there. */
function note(text: string): void {
  const file = process.env['PARITY_TRANSCRIPT'];
  if (file) appendFileSync(file, text);
}

/** An outcome as text, one heading a stream. */
function show({ stdout, stderr, code }: Outcome, { kind }: Statement): string {
  const ordered = (text: string): string => (kind === 'unordered' ? text.split('\n').sort().join('\n') : text);
  return `exit code ${code}\n${ordered(mask(stdout))}${stderr === '' ? '' : `stderr:\n${ordered(mask(stderr))}`}`;
}

/** Objects as text, in an order to which generated names do not matter. */
function textOf(objects: readonly unknown[]): string {
  return objects.map((object) => mask(JSON.stringify(object, sorted, 1))).sort().join('\n');
}

/** Keys in alphabetical order: that of fields says nothing. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The lines that differ, with two lines around; none where there is no difference. */
function diff(heading: string, expected: string, actual: string): readonly string[] {
  if (expected === actual) return [];
  const [a, b] = [expected.split('\n'), actual.split('\n')];
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const lines = (sign: string, all: readonly string[]): readonly string[] => all.slice(start, all.length - end).slice(0, 40).map((line) => `${sign} ${line}`);
  return [[heading, ...a.slice(Math.max(0, start - 2), start).map((line) => `  ${line}`), ...lines('-', a), ...lines('+', b), ''].join('\n')];
}
