/**
 * Makes a fresh clone ready: installs what package-lock.json names, then builds. Each is done only when what it depends
 * on is newer than its result, so that it costs nothing the second time. `--install` stops before the build.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const newest = (path) => {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).filter((name) => name !== 'generated').map((name) => newest(join(path, name))));
};
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

function run(...args) {
  const { status } = spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

// npm writes this file when it has installed everything.
if (modified(join(root, 'node_modules/.package-lock.json')) < modified(join(root, 'package-lock.json'))) run('ci', '--ignore-scripts');
if (!process.argv.includes('--install')) {
  const sources = Math.max(...['src', 'schemas', 'package.json'].map((name) => newest(join(root, name))));
  if (modified(join(root, 'dist/kubectl.cjs')) < sources) run('run', '--silent', 'build');
}
