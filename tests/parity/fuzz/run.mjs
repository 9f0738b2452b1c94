/** npm run test:fuzz-parity -- --cases N [--only FAMILY] [--seed S] [--survey]: many random command lines through both kubectls. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { cases: { type: 'string', default: '1000' }, seed: { type: 'string' }, only: { type: 'string' }, survey: { type: 'boolean', default: false } } });
for (const [name, value] of Object.entries(values)) {
  if (name === 'only' || name === 'survey') continue;
  if (!/^-?\d+$/.test(value)) {
    process.stderr.write(`error: --${name} must be a whole number, not ${JSON.stringify(value)}\n`);
    process.exit(1);
  }
}
const env = { ...process.env, FUZZ_PARITY_CASES: values.cases, ...(values.seed === undefined ? {} : { FUZZ_PARITY_SEED: values.seed }), ...(values.only === undefined ? {} : { FUZZ_PARITY_ONLY: values.only }), ...(values.survey ? { FUZZ_PARITY_SURVEY: join(mkdtempSync(join(tmpdir(), 'fuzz-parity-survey-')), 'differences') } : {}) };
const { status } = spawnSync('npx', ['jest', '--selectProjects', 'parts', '--runTestsByPath', 'tests/parity/fuzz.test.ts'], { stdio: 'inherit', env });
process.exit(status ?? 1);
