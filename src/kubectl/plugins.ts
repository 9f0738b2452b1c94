/**
 * Plugins: programs on PATH whose names begin with "kubectl-". `kubectl foo bar` runs kubectl-foo-bar, or kubectl-foo with
 * the argument bar. Follows kubectl pkg/cmd/cmd.go: HandlePluginCommand.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { EXIT_FAILURE } from './errors.ts';
import type { Streams } from './streams.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const WINDOWS = process.platform === 'win32';
const WINDOWS_PROGRAMS = ['.com', '.exe', '.bat', '.cmd'];
export const PLUGIN_PREFIX = 'kubectl-';

/** The folders of PATH, in order. */
export function searchPath(env: Env): readonly string[] {
  return (env['PATH'] ?? '').split(delimiter);
}

/** Whether a file can be run. Throws where there is none. */
export function isExecutable(path: string): boolean {
  const stat = statSync(path);
  if (WINDOWS) return [...WINDOWS_PROGRAMS, '.ps1'].includes(path.slice(path.lastIndexOf('.')).toLowerCase());
  return !stat.isDirectory() && (stat.mode & 0o111) !== 0;
}

/** The first program of that name on PATH (Go's exec.LookPath). */
export function lookPath(name: string, env: Env): string | undefined {
  for (const folder of searchPath(env)) {
    if (folder === '') continue;
    for (const extension of WINDOWS ? WINDOWS_PROGRAMS : ['']) {
      const path = join(folder, name + extension);
      try {
        if (isExecutable(path)) return path;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

export interface Plugin {
  readonly path: string;
  readonly args: readonly string[];
}

/** The plugin with the longest name that the leading arguments spell, of at least `minWords` words. */
export function findPlugin(argv: readonly string[], env: Env, minWords = 1): Plugin | undefined {
  const flag = argv.findIndex((argument) => argument.startsWith('-'));
  const words = (flag < 0 ? argv : argv.slice(0, flag)).map((word) => word.replaceAll('-', '_'));
  for (let count = words.length; count >= Math.max(minWords, 1); count--) {
    const path = lookPath(PLUGIN_PREFIX + words.slice(0, count).join('-'), env);
    if (path !== undefined) return { path, args: argv.slice(count) };
  }
  return undefined;
}

/** Runs a plugin in place of a command, with this process' own streams. The exit code is the plugin's. */
export function runPlugin({ path, args }: Plugin, env: Env, streams: Streams): number {
  const { error, status, signal } = spawnSync(path, args, { stdio: 'inherit', env: { ...env } });
  if (error) {
    streams.stderr.write(`Error: ${error.message}\n`);
    return EXIT_FAILURE;
  }
  return status ?? 128 + (signal ? constants.signals[signal] : 0);
}
