/**
 * Random command lines through both programs; the smallest one that they answer differently is shown as a shell would take it.
 * More of them: npm run test:fuzz-parity -- --cases 2000 [--only FAMILY] [--seed N]
 */
import fc from '../support/property.ts';
import { compare } from './fuzz/compare.ts';
import { FAMILIES } from './fuzz/families.ts';
import { describeParity } from './oracle.ts';

const CASES = Number(process.env['FUZZ_PARITY_CASES'] ?? 10);
/** The short run is the same each time. */
const SEED = process.env['FUZZ_PARITY_SEED'] ?? (process.env['FUZZ_PARITY_CASES'] === undefined ? '1' : undefined);
const ONLY = process.env['FUZZ_PARITY_ONLY'];

describeParity('random command lines', () => {
  test.each(Object.entries(FAMILIES).filter(([name]) => ONLY === undefined || name === ONLY))(`%s: ${CASES} of them`, async (_, lines) => {
    const result = await fc.check(fc.asyncProperty(lines, compare), { numRuns: CASES, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
    if (result.failed) throw new Error(`${result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance)}\n(after ${result.numRuns} lines; --seed ${result.seed})`);
  }, 1_200_000);
});
