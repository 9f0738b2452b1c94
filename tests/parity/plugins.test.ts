/** Plugins on PATH: what `plugin list` says of them, and which of them runs, beside the real kubectl. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findPlugin } from '../../src/kubectl/plugins.ts';
import { describeParity, oracle } from './oracle.ts';
import { ours } from './run-ours.ts';

const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-plugins-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plugin(path: string, mode = 0o755): void {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '#!/bin/sh\necho "${0##*/}: $*"; exit 7\n');
  chmodSync(file, mode);
}
for (const name of ['kubectl-foo', 'kubectl-foo-bar', 'kubectl-a_b', 'kubectl-create-thing', 'kubectl-get', 'other/kubectl-foo', 'kubectl.exe-x']) plugin(`bin/${name}`);
plugin('bin/kubectl-plain', 0o644);
mkdirSync(join(folder, 'empty'));
const PATH = [join(folder, 'bin'), '', join(folder, 'bin/other'), join(folder, 'bin'), '/nonexistent', '/usr/bin', '/bin'].join(delimiter);

describeParity('plugin list', () => {
  it.each([['plugin list', PATH], ['plugin list --name-only', PATH], ['plugin list', join(folder, 'empty')], ['plugin list', join(folder, 'bin/other')], ['plugin foo', PATH]])('%s', async (line, path) => {
    const args = line.split(' ');
    expect(await ours(args, undefined, '', { PATH: path })).toEqual(oracle(args, '', { PATH: path }));
  });
});

describeParity('plugins', () => {
  it.each(['foo', 'foo bar baz', 'foo x --flag bar', 'foo-bar', 'a-b c', 'create thing x --y', 'plain', 'nothing here'])('%s', async (line) => {
    const args = line.split(' ');
    const real = oracle(args, '', { PATH });
    const found = findPlugin(args, { PATH }, args[0] === 'create' ? 2 : 1);
    if (!found) return expect(await ours(args, undefined, '', { PATH })).toEqual(real);
    const { stdout, status } = spawnSync(found.path, found.args, { encoding: 'utf8' });
    expect({ stdout, code: status }).toEqual({ stdout: real.stdout, code: real.code });
  });

  it.each(['-n x foo', '--context=x foo'])('%s: flags before a plugin', async (line) => {
    expect(await ours(line.split(' '), undefined, '', { PATH })).toEqual(oracle(line.split(' '), '', { PATH }));
  });
});
