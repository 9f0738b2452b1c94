/**
 * Makes the code caches of dist/kubectl.cjs and dist/cluster.cjs: runs them in processes of their own, and keeps what V8 has
 * compiled until the end. A cache is good for this version of Node only; others ignore it.
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

/**
 * Runs in the child: as bin/mock-kubectl does, but without caches, and writes one at the end. The engine's settings stay as
 * they are: a cache is good for the settings with which it was made.
 */
const PROGRAM = `
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { Script } = require('node:vm');
require('node:v8').setFlagsFromString = () => undefined;
const { folder, name, cache, args } = JSON.parse(process.env.CODE_CACHE);
process.argv.splice(1, process.argv.length, 'mock-kubectl', ...args);
const scripts = {};
function load(path) {
  const file = folder + path.slice(1);
  const script = new Script(wrap(readFileSync(file, 'latin1')), { filename: file });
  const module = { exports: {}, load };
  scripts[path] = script;
  script.runInThisContext().call(module.exports, module.exports, createRequire(file), module, file, folder);
  return module.exports;
}
load('./kubectl.cjs');
process.on('exit', () => writeFileSync(cache, scripts['./' + name + '.cjs'].createCachedData()));
`;

/** Runs a command, in an environment of its own, and writes the cache of one of the files that it loads. */
async function writeCache(folder, name, args, env) {
  const cache = join(folder, `${name}-${process.version}-${process.arch}.cache`);
  const child = spawn(process.execPath, ['-e', PROGRAM], { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env.PATH ?? '', ...env, CODE_CACHE: JSON.stringify({ folder, name, cache, args }) } });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the code cache of ${name}: exit code ${code}`);
}

/** Does nothing on Windows (no unix socket to answer on) and where Node caches by itself. */
export async function writeCodeCaches(outdir) {
  const module = await import('node:module');
  if (process.platform === 'win32' || module.enableCompileCache) return;
  const home = mkdtempSync(join(tmpdir(), 'mock-kubectl-build-'));
  const server = createServer((_request, response) => response.setHeader('Content-Type', 'application/json').end(TABLE));
  try {
    await new Promise((resolve) => server.listen(join(home, 'apiserver.sock'), resolve));
    await Promise.all([
      // `get pods` against a stand-in for the API server.
      writeCache(outdir, 'kubectl', ['get', 'pods'], { MOCK_KUBECTL_HOME: home }),
      // A new cluster with all its components, until pods are ready.
      writeCache(outdir, 'cluster', ['create', 'deployment', 'web', '--image=nginx', '--replicas=3'], { MOCK_KUBECTL_HOME: join(home, 'cluster'), MOCK_KUBECTL_CONVERGE: '1' }),
    ]);
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(home, { recursive: true, force: true });
  }
}
