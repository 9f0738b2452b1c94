/**
 * Random command lines through both programs; the smallest one that they answer differently is shown as a shell would take it.
 * More of them: npm run test:fuzz-parity -- --cases 2000 [--only FAMILY] [--seed N] [--survey]
 */
import { appendFileSync } from 'node:fs';
import fc from '../support/property.ts';
import type { Line } from './fuzz/arbitraries.ts';
import { compare } from './fuzz/compare.ts';
import { FAMILIES } from './fuzz/families.ts';
import { describeParity } from './oracle.ts';

const CASES = Number(process.env['FUZZ_PARITY_CASES'] ?? 5);
/** The short run is the same each time. */
const SEED = process.env['FUZZ_PARITY_SEED'] ?? (process.env['FUZZ_PARITY_CASES'] === undefined ? '1' : undefined);
const ONLY = process.env['FUZZ_PARITY_ONLY'];
/** A file for all lines that differ, as they were drawn, instead of the smallest one. */
const SURVEY = process.env['FUZZ_PARITY_SURVEY'];

/** Appends each difference to the survey's file; throws at the end where there is any. */
async function survey(path: string, lines: fc.Arbitrary<Line>): Promise<void> {
  let found = 0;
  for (const line of fc.sample(lines, { numRuns: CASES, ...(SEED === undefined ? {} : { seed: Number(SEED) }) })) {
    await compare(line).catch((error: unknown) => appendFileSync(path, `=== ${++found}\n${error instanceof Error ? error.message : String(error)}\n`));
  }
  if (found > 0) throw new Error(`${found} of ${CASES} lines differ: ${path}`);
}

describeParity('random command lines', () => {
  test.each(Object.entries(FAMILIES).filter(([name]) => ONLY === undefined || name === ONLY))(`%s: ${CASES} of them`, async (_, lines) => {
    if (SURVEY !== undefined) return survey(SURVEY, lines);
    const result = await fc.check(fc.asyncProperty(lines, compare), { numRuns: CASES, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
    if (result.failed) throw new Error(`${result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance)}\n(after ${result.numRuns} lines; --seed ${result.seed})`);
  }, 1_200_000);
});
