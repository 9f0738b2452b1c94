/** The real kubectl v1.33, where this machine has one: what it prints is what we must print. */
import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
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

/** Runs the real kubectl without any configuration. */
export function oracle(args: readonly string[], input = '', env: Readonly<Record<string, string>> = {}): Outcome {
  const { stdout, stderr, status } = spawnSync(oraclePath as string, args, { input, encoding: 'utf8', env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', KUBECONFIG: '/nonexistent/config', ...env } });
  return { stdout, stderr, code: status };
}

/** describe, or a skipped describe that says why. */
export const describeParity: (name: string, body: () => void) => void = oraclePath
  ? describe
  : (name, body) => {
      // Past jest, which shows nothing of a file whose tests are all skipped.
      process.stderr.write(`${name}: skipped, no kubectl v1.33 on this machine\n`);
      describe.skip(name, body);
    };
