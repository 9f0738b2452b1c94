/**
 * Makes the code cache of dist/kubectl.cjs: runs `get pods` in a process of its own against a stand-in for the API
 * server, and keeps what V8 has compiled until then. The cache is good for this version of Node only; others ignore it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TABLE = JSON.stringify({
  kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '1' },
  columnDefinitions: [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }],
  rows: [{ cells: ['web'], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: { name: 'web', namespace: 'default' } } }],
});

/** Runs in the child: as bin/mock-kubectl does, but without a cache, and writes one at the end. */
const PROGRAM = `
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { Script } = require('node:vm');
const [file, cache] = JSON.parse(process.env.CODE_CACHE_FILES);
const script = new Script(wrap(readFileSync(file, 'latin1')), { filename: file });
process.argv.splice(1, process.argv.length, 'mock-kubectl', 'get', 'pods');
const module_ = { exports: {} };
script.runInThisContext().call(module_.exports, module_.exports, createRequire(file), module_, file, '');
process.on('exit', () => writeFileSync(cache, script.createCachedData()));
`;

/** Does nothing on Windows (no unix socket to answer on) and where Node caches by itself. */
export async function writeCodeCache(outdir) {
  const module = await import('node:module');
  if (process.platform === 'win32' || module.enableCompileCache) return;
  const home = mkdtempSync(join(tmpdir(), 'mock-kubectl-build-'));
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'application/json').end(TABLE));
  try {
    await new Promise((resolve) => server.listen(join(home, 'apiserver.sock'), resolve));
    const files = [join(outdir, 'kubectl.cjs'), join(outdir, `kubectl-${process.version}-${process.arch}.cache`)];
    const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, MOCK_KUBECTL_HOME: home, CODE_CACHE_FILES: JSON.stringify(files) } });
    await new Promise((resolve) => child.once('exit', resolve));
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(home, { recursive: true, force: true });
  }
}
