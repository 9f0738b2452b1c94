import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

test('a checkout that is not built says how to build it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-launcher-'));
  try {
    cpSync(join(__dirname, '../bin'), join(folder, 'bin'), { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin/mock-kubectl'), 'get', 'pods'], { encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([1, '', 'error: mock-kubectl is not built yet: run "npm run build" in its folder\n']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
