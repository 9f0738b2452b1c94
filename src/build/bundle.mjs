/**
 * Bundles src/ into dist/:
 *
 *   kubectl.cjs       the command line in one file
 *   cluster.cjs       everything behind src/daemon, read when a command opens the cluster itself or is the daemon
 *   *-VERSION.cache   what V8 made of these two, so that no process compiles what it does not change
 *   <package>.cjs     packages and tables that few need (YAML, certificates, CEL, help, patch model), read by who does
 *   pki-worker.mjs    a thread that makes the home's keys
 *
 * Few files, and CommonJS: their parts are evaluated when they are first imported, and V8's cache works with them. Reading
 * dozens of small files through Node's ES module loader, and compiling them, takes longer than most commands take.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { writeCodeCaches } from './code-cache.mjs';
import { ESM_BANNER } from './esm-banner.mjs';
import { root } from './root.mjs';

/** Elsewhere with --outdir: tests that must not be disturbed by another build. */
const outdir = process.argv[2] === '--outdir' && process.argv[3] ? resolve(process.argv[3]) : join(root, 'dist');
const shared = { bundle: true, platform: 'node', target: 'node20', minifySyntax: true, minifyWhitespace: true, keepNames: false, legalComments: 'none', charset: 'ascii', logLevel: 'warning' };
const PACKAGE = /^[a-z@][a-z0-9/-]*$/;

/** Generated tables that only changing commands need. They import nothing, so nothing comes to exist twice. */
const TABLES = /\/generated\/(?:decode-table|patch-model)\.ts$/;

/** What the command line has to do with the cluster's own code: one of these, imported when it is needed. */
const CLUSTER_PARTS = ['daemon', 'etcd-files', 'local'];

/** Leaves packages out of a file, and notes which. */
const leaveOutPackages = (packages) => ({
  name: 'leave-out-packages',
  setup({ onResolve }) {
    onResolve({ filter: PACKAGE }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined;
      // It reads files of its own (.proto) when it is loaded, which only a daemon over a real etcd does.
      if (path === 'etcd3') return { path, external: true };
      packages.add(path);
      return { path: `./${path}.cjs`, external: true };
    });
  },
});

/** Leaves tables and the cluster out of the command line's file, and notes which tables. */
const leaveOutParts = (tables) => ({
  name: 'leave-out-parts',
  setup({ onResolve }) {
    onResolve({ filter: TABLES }, ({ path, resolveDir }) => {
      tables.add(resolve(resolveDir, path));
      return { path: `./${basename(path, '.ts')}.cjs`, external: true };
    });
    onResolve({ filter: /\/daemon\/[^/]+\.ts$/ }, ({ path, kind, resolveDir }) => {
      const file = resolve(resolveDir, path);
      const part = basename(file, '.ts');
      return kind === 'dynamic-import' && dirname(file) === join(root, 'src/daemon') && CLUSTER_PARTS.includes(part) ? { path: `cluster:${part}`, external: true } : undefined;
    });
  },
});

rmSync(outdir, { recursive: true, force: true });
const packages = new Set();
const tables = new Set();
// Code that comes out of a cache cannot import(): what is left out is required.
const program = { ...shared, format: 'cjs', supported: { 'dynamic-import': false } };
const kubectl = join(outdir, 'kubectl.cjs');
await Promise.all([
  build({ ...program, minify: true, entryPoints: [join(root, 'src/kubectl/main.ts')], outfile: kubectl, plugins: [leaveOutPackages(packages), leaveOutParts(tables)] }),
  build({
    ...program,
    stdin: { contents: `module.exports = {${CLUSTER_PARTS.map((part) => `get ${JSON.stringify(part)}() { return require('./src/daemon/${part}.ts'); }`).join(', ')}};`, resolveDir: root },
    outfile: join(outdir, 'cluster.cjs'),
    plugins: [leaveOutPackages(packages)],
  }),
  // From the packages' ES modules, of which a third can be left out.
  build({ ...shared, mainFields: ['module', 'main'], entryPoints: [join(root, 'src/daemon/pki/worker.ts')], outfile: join(outdir, 'pki-worker.mjs'), format: 'esm', banner: { js: ESM_BANNER } }),
]);
// The launcher reads the cluster's code with its cache, too (bin/mock-kubectl).
writeFileSync(kubectl, readFileSync(kubectl, 'utf8').replace(/\brequire\("cluster:([a-z-]+)"\)/g, '(module.load||require)("./cluster.cjs")["$1"]'));
await Promise.all([
  ...[...packages].map((name) => build({ ...shared, stdin: { contents: `module.exports = require(${JSON.stringify(name)});`, resolveDir: root }, outfile: join(outdir, `${name}.cjs`), format: 'cjs' })),
  ...[...tables].map((file) => build({ ...shared, entryPoints: [file], outfile: join(outdir, `${basename(file, '.ts')}.cjs`), format: 'cjs' })),
]);
await writeCodeCaches(outdir);
