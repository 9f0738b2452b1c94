/** The program as a process: commands that are timed, homes, daemons, and what a process has used. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { root } from '../../src/build/root.mjs';

export const program = join(root, 'bin/mock-kubectl');

/** An environment with a home of its own, and what removes it. */
export function freshHome(more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mkb-'));
  const env = { PATH: process.env.PATH ?? '', HOME: folder, MOCK_KUBECTL_HOME: join(folder, 'cluster'), ...more };
  return { env, path: env.MOCK_KUBECTL_HOME, socket: join(env.MOCK_KUBECTL_HOME, 'apiserver.sock'), remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Runs a command to its end; throws when it fails. Returns ms. */
export function timed(command, args, env) {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  const took = performance.now() - start;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return took;
}

export const mockKubectl = (env, ...args) => timed(process.execPath, [program, ...args], env);

/** Runs `body` with a daemon of so many nodes, told its pid, and removes all traces. */
export async function withDaemon(nodes, body) {
  const home = freshHome();
  try {
    const startMs = mockKubectl(home.env, 'daemon', 'start', `--nodes=${nodes}`);
    const { pid } = JSON.parse(readFileSync(join(home.path, 'daemon.pid'), 'utf8'));
    return await body({ home, pid, startMs });
  } finally {
    timed(process.execPath, [program, 'daemon', 'stop'], home.env);
    home.remove();
  }
}

/** CPU time of a process, ms, and its memory, bytes; undefined where the system doesn't tell (other than Linux). */
export function usage(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return undefined;
  const stat = readFileSync(file, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  // utime and stime, in hundredths of a second.
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, rss: Number(rss?.[1] ?? 0) * 1024 };
}

/** The real kubectl v1.33, where this machine has one. */
export function realKubectl() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const kubectl = join(folder, 'kubectl');
    if (!existsSync(kubectl)) continue;
    for (const candidate of [join(dirname(realpathSync(kubectl)), 'kubectl.1.33'), kubectl]) {
      if (!existsSync(candidate)) continue;
      const { stdout } = spawnSync(candidate, ['version', '--client'], { encoding: 'utf8' });
      if (stdout?.includes('v1.33.')) return candidate;
    }
  }
  return undefined;
}

/** Starts a command and resolves with ms when it has ended well. */
export function run(env, ...args) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { env, stdio: 'ignore' });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve(performance.now() - start) : reject(new Error(`${args.join(' ')}: exit code ${code}`))));
  });
}
