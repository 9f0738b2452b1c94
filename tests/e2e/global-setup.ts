/** Builds the program once for all end-to-end tests, into a folder of its own: another build of dist/ does not disturb it. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

export default function globalSetup(): void {
  const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-e2e-'));
  for (const path of ['bin', 'package.json']) cpSync(join(root, path), join(folder, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'src/build/bundle.mjs'), '--outdir', join(folder, 'dist')], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the program does not build:\n${stderr}`);
  process.env.MOCK_KUBECTL_E2E = folder;
}
