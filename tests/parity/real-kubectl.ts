/**
 * The real kubectl v1.33 beside ours: both get the same command line; standard output, standard error and exit code must
 * be the same. Without a real kubectl the comparisons are skipped, and say so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../src/kubectl/run.ts';
import { memoryStreams } from '../../src/kubectl/streams.ts';
import type { Connection } from '../../src/kubectl/connect.ts';

export interface Result {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The program's path; undefined where there is none of this version. */
export const realKubectl: string | undefined = find();

function find(): string | undefined {
  const named = process.env['REAL_KUBECTL'];
  if (named) return named;
  try {
    const path = execFileSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).trim();
    const versioned = join(dirname(realpathSync(path)), 'kubectl.1.33');
    if (existsSync(versioned)) return versioned;
    const version = execFileSync(path, ['version', '--client'], { encoding: 'utf8' });
    return version.includes('v1.33.') ? path : undefined;
  } catch {
    return undefined;
  }
}

/** `test` where there is a real kubectl; otherwise the tests are skipped. */
export const parityTest: typeof test = realKubectl === undefined ? (test.skip as typeof test) : test;

if (realKubectl === undefined) process.stderr.write('no kubectl v1.33 on this machine: comparisons with it are skipped\n');

const home = mkdtempSync(join(tmpdir(), 'parity-'));

/** Runs the real one. Nobody listens at its server's address, unless `server` says where. */
export function runReal(args: readonly string[], options: { readonly input?: string; readonly cwd?: string; readonly server?: string; readonly env?: Readonly<Record<string, string>> } = {}): Result {
  const server = options.server === undefined ? [] : ['--server', options.server];
  const result = spawnSync(realKubectl as string, [...args.slice(0, 1), ...server, ...args.slice(1)], {
    encoding: 'utf8', input: options.input ?? '', cwd: options.cwd ?? process.cwd(), env: { PATH: process.env['PATH'] ?? '', HOME: home, KUBECONFIG: join(home, 'none'), ...options.env },
  });
  return { stdout: result.stdout, stderr: result.stderr, code: result.status ?? -1 };
}

/** Runs ours, in this process, under the name "kubectl". */
export async function runOurs(args: readonly string[], options: { readonly input?: string; readonly connection?: Connection; readonly env?: Readonly<Record<string, string>> } = {}): Promise<Result> {
  const streams = memoryStreams(options.input ?? '');
  const code = await run(args, {
    streams, env: { MOCK_KUBECTL_HOME: home, ...options.env }, program: 'kubectl', signal: new AbortController().signal,
    ...(options.connection ? { connection: options.connection } : {}),
  });
  return { stdout: streams.out(), stderr: streams.err(), code };
}
