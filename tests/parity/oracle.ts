/** The real kubectl v1.33, where this machine has one: what it prints is what we must print. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** The path of a kubectl v1.33 beside the kubectl on the PATH; undefined where there is none. */
export const oraclePath: string | undefined = findOracle();

function findOracle(): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const kubectl = join(folder, 'kubectl');
    if (!existsSync(kubectl)) continue;
    const candidate = join(dirname(realpathSync(kubectl)), 'kubectl.1.33');
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

/** What it remembers of servers: other files' may have had the same port. */
const cache = mkdtempSync(join(tmpdir(), 'kubectl-cache-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

/** Where it finds no configuration; its garbage is left lying, and it runs on one core: thousands of short lives are quicker so. */
export const ORACLE_ENV = { PATH: '/usr/bin:/bin', HOME: '/nonexistent', KUBECONFIG: '/nonexistent/config', KUBECACHEDIR: cache, GOGC: 'off', GOMAXPROCS: '1' };

/** Runs the real kubectl without any configuration. */
export function oracle(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Outcome {
  const { stdout, stderr, status } = spawnSync(oraclePath as string, args, { input, encoding: 'utf8', env: { ...ORACLE_ENV, ...env } });
  return { stdout, stderr, code: status };
}

/** The same while this process goes on: its server may live here. After so many ms (0: never) it is ended, and has no exit code. */
export function oracleBeside(args: readonly string[], env: Readonly<Record<string, string>> = {}, input = '', timeout = 0): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(oraclePath as string, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...ORACLE_ENV, ...env }, timeout });
    // A program that ends without reading closes the pipe.
    child.stdin.on('error', () => undefined).end(input);
    const text = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (chunk: string) => (text[name] += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ ...text, code }));
  });
}

/** describe, or a skipped describe that says why. */
export const describeParity: (name: string, body: () => void) => void = oraclePath
  ? describe
  : (name, body) => {
      // Past jest, which shows nothing of a file whose tests are all skipped.
      process.stderr.write(`${name}: skipped, no kubectl v1.33 on this machine\n`);
      describe.skip(name, body);
    };
