/**
 * Random command lines through both programs; the smallest one that they answer differently is shown as a shell would take it.
 * More of them: npm run test:fuzz-parity -- --cases 2000 [--seed N]
 */
import fc from 'fast-check';
import { line, type Line } from './fuzz/words.ts';
import { describeParity, oracle } from './oracle.ts';
import { ours } from './run-ours.ts';

const CASES = Number(process.env['FUZZ_PARITY_CASES'] ?? 60);
/** The short run is the same each time. */
const SEED = process.env['FUZZ_PARITY_SEED'] ?? (process.env['FUZZ_PARITY_CASES'] === undefined ? '1' : undefined);

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
const shellLine = ({ args, input }: Line): string => `${input === '' ? '' : `echo ${quoted(input)} | `}kubectl ${args.map(quoted).join(' ')}`;

/** Generated keys' names and addresses in memory say nothing. */
const masked = (text: string): string => text.replace(/0xc[0-9a-f]+/g, '0xc…');

describeParity('random command lines', () => {
  test(`${CASES} of them`, async () => {
    const property = fc.asyncProperty(line, async (it) => {
      const real = oracle(it.args, it.input);
      const mine = await ours(it.args, undefined, it.input);
      const [expected, found] = [real, mine].map(({ stdout, stderr, code }) => `${masked(stdout)}${masked(stderr)}exit code ${code}`);
      if (found !== expected) throw new Error(`${shellLine(it)}\n--- kubectl\n${expected}\n--- ours\n${found}`);
    });
    const result = await fc.check(property, { numRuns: CASES, ...(SEED === undefined ? {} : { seed: Number(SEED) }) });
    if (result.failed) throw new Error(`${result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance)}\n(after ${result.numRuns} lines; --seed ${result.seed})`);
  }, 1_200_000);
});
