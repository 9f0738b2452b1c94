/** The entry of the bundle: runs one command line and leaves the exit code. */
import { basename } from 'node:path';
import { InterruptedError } from './errors.ts';
import { run } from './run.ts';
import { processStreams } from './streams.ts';

const interrupt = new AbortController();
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.once(signal, () => interrupt.abort(new InterruptedError(code)));

const name = basename(process.argv[1] ?? '').replace(/\.(?:exe|cmd|ps1)$/i, '');
void run(process.argv.slice(2), {
  streams: processStreams(),
  env: process.env,
  program: name === 'kubectl' ? 'kubectl' : 'mock-kubectl',
  signal: interrupt.signal,
}).then((code) => {
  process.exitCode = code;
});
