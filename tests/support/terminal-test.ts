/** Tests with a terminal, which script(1) gives them; skipped, with a word on why, where there is none. */
import { spawnSync } from 'node:child_process';

const hasScript = spawnSync('script', ['--version']).status === 0;
if (!hasScript) process.stderr.write('tests with a terminal are skipped: script(1) is not there\n');
export const terminalTest = hasScript ? test : test.skip;
