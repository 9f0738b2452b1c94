/** Commands that others wrote: kubectl-NAME on PATH. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { session } from './support.ts';

const it1 = session();

test('a plugin gets the arguments, the streams and the last word on the exit code', async () => {
  mkdirSync(it1.path('bin'));
  const file = it1.path('bin/kubectl-hello-you');
  writeFileSync(file, '#!/bin/sh\nread line\necho "$line $*"\necho oops >&2\nexit 7\n');
  chmodSync(file, 0o755);
  const env = { PATH: `${it1.path('bin')}${delimiter}/usr/bin${delimiter}/bin` };
  expect(await it1.run('hello you "dear reader" --loud', { env, input: 'well,\n' })).toEqual({ code: 7, stdout: 'well, dear reader --loud\n', stderr: 'oops\n' });
  expect(await it1.fails('hello', { env })).toContain('unknown command "hello"');
});
