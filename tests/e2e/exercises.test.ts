/** Shell scripts that read like a course: exercises/, each in a folder and a cluster of its own. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './support.ts';

const FOLDER = join(__dirname, 'exercises');
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.sh')).map((name) => name.slice(0, -'.sh'.length));
const AT_ONCE = 2;

const PRELUDE = `set -euo pipefail
is() { [ "$1" = "$2" ] || { echo "expected: $1" >&2; echo "found:    $2" >&2; exit 1; }; }
has() { [[ $2 == *"$1"* ]] || { echo "expected: $1" >&2; echo "in:       $2" >&2; exit 1; }; }
`;

interface Ended {
  readonly code: number;
  readonly said: string;
}

function run(name: string): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'mk-exercise-'));
  const [bin, work] = [join(folder, 'bin'), join(folder, 'work')];
  for (const each of [bin, work]) mkdirSync(each);
  symlinkSync(join(process.env.MOCK_KUBECTL_E2E ?? root, 'bin/mock-kubectl'), join(bin, 'kubectl'));
  const env = { PATH: `${bin}:${process.env.PATH ?? ''}`, HOME: folder, MOCK_KUBECTL_HOME: join(folder, 'cluster'), MOCK_KUBECTL_CONVERGE: '1' };
  return new Promise((resolve) => {
    execFile('bash', ['--norc', '-c', PRELUDE + readFileSync(join(FOLDER, `${name}.sh`), 'utf8')], { cwd: work, env, timeout: 50_000 }, (error, stdout, stderr) => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, said: error ? stdout + stderr : '' });
    });
  });
}

// All are begun at once, some at a time; each test waits for its own.
const ended = new Map<string, Promise<Ended>>();
const running: Promise<unknown>[] = Array.from({ length: AT_ONCE }, () => Promise.resolve());
names.forEach((name, index) => {
  const lane = index % AT_ONCE;
  const result = (running[lane] as Promise<unknown>).then(() => run(name));
  running[lane] = result;
  ended.set(name, result);
});

test('there are enough of them', () => expect(names.length).toBeGreaterThanOrEqual(20));

test.each(names)('%s', async (name) => expect(await ended.get(name)).toEqual({ code: 0, said: '' }), 120_000);
