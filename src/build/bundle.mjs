/**
 * Bundles src/ into dist/:
 *
 *   kubectl.cjs            the command line in one file; its parts are evaluated when they are first imported
 *   kubectl-*.cache        what V8 made of it, so that no command compiles what it does not change
 *   <package>.cjs          packages and tables that few commands need (YAML, help, patch model), read when such a command runs
 *   daemon-*.mjs, chunk-*  everything behind src/daemon, read when a command opens the cluster itself or is the daemon
 *
 * One file and CommonJS for the command line: reading two dozen small files through Node's ES module loader takes
 * longer than most commands take.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { writeCodeCache } from './code-cache.mjs';
import { ESM_BANNER } from './esm-banner.mjs';
import { root } from './root.mjs';

/** Elsewhere with --outdir: tests that must not be disturbed by another build. */
const outdir = process.argv[2] === '--outdir' && process.argv[3] ? resolve(process.argv[3]) : join(root, 'dist');
const shared = { bundle: true, platform: 'node', target: 'node20', minifySyntax: true, minifyWhitespace: true, keepNames: false, legalComments: 'none', charset: 'ascii', logLevel: 'warning' };
const PACKAGE = /^[a-z@][a-z0-9/-]*$/;

/** Generated tables that only changing commands need. They import nothing, so nothing comes to exist twice. */
const TABLES = /\/generated\/(?:decode-table|patch-model)\.ts$/;

/** Leaves packages, tables and the daemon out of the command line's file, and notes what it left out. */
function leaveOut(packages, tables, daemonModules) {
  return {
    name: 'leave-out',
    setup({ onResolve }) {
      onResolve({ filter: PACKAGE }, ({ path, kind }) => {
        if (kind === 'entry-point') return undefined;
        packages.add(path);
        return { path: `./${path}.cjs`, external: true };
      });
      onResolve({ filter: TABLES }, ({ path, kind, resolveDir }) => {
        if (kind === 'entry-point') return undefined;
        tables.add(resolve(resolveDir, path));
        return { path: `./${basename(path, '.ts')}.cjs`, external: true };
      });
      onResolve({ filter: /\/daemon\/[^/]+\.ts$/ }, ({ path, kind, resolveDir }) => {
        const file = resolve(resolveDir, path);
        if (kind !== 'dynamic-import' || dirname(file) !== join(root, 'src/daemon')) return undefined;
        daemonModules.add(file);
        return { path: `./daemon-${basename(file, '.ts')}.mjs`, external: true };
      });
    },
  };
}

rmSync(outdir, { recursive: true, force: true });
const packages = new Set();
const tables = new Set();
const daemonModules = new Set();
await build({ ...shared, minify: true, entryPoints: [join(root, 'src/kubectl/main.ts')], outfile: join(outdir, 'kubectl.cjs'), format: 'cjs', plugins: [leaveOut(packages, tables, daemonModules)] });
// Code that comes out of a cache cannot import(): the launcher lends its own (bin/mock-kubectl).
const bundle = join(outdir, 'kubectl.cjs');
writeFileSync(bundle, readFileSync(bundle, 'utf8').replace(/\bimport\("\.\/daemon-/g, '(module.importModule??(path=>import(path)))("./daemon-'));
await Promise.all([
  ...[...packages].map((name) => build({ ...shared, stdin: { contents: `module.exports = require(${JSON.stringify(name)});`, resolveDir: root }, outfile: join(outdir, `${name}.cjs`), format: 'cjs' })),
  ...[...tables].map((file) => build({ ...shared, entryPoints: [file], outfile: join(outdir, `${basename(file, '.ts')}.cjs`), format: 'cjs' })),
  build({
    ...shared,
    entryPoints: { ...Object.fromEntries([...daemonModules].map((file) => [`daemon-${basename(file, '.ts')}`, file])), 'pki-worker': join(root, 'src/daemon/pki/worker.ts') },
    outdir,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    format: 'esm',
    // Its CommonJS form would have no names to import.
    alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') },
    // It reads files of its own (.proto) when it is loaded, which only a daemon over a real etcd does.
    external: ['etcd3'],
    banner: { js: ESM_BANNER },
  }),
]);
await writeCodeCache(outdir);
