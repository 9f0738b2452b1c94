/** The cluster's own modules in this process: bundled from the sources into a temporary folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ESM_BANNER } from '../../src/build/esm-banner.mjs';
import { root } from '../../src/build/root.mjs';

const EXPORTS = `
export { Cluster } from './src/daemon/cluster.ts';
export { Client } from './src/client/client.ts';
export { homeAt } from './src/client/home.ts';
export { openDirectoryStore } from './src/etcd/directory-store.ts';
export { ClusterClock } from './src/simulation/cluster-clock.ts';
export { realDisk } from './src/simulation/disk.ts';
export { silentLog } from './src/simulation/log.ts';
export { RealEtcd, etcdProgram } from './tests/support/real-etcd.ts';
export { DEPLOYMENTS, NODES, PODS } from './src/api/kinds.ts';
`;
const ADMIN = { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

/** Calls `body` with the modules and a folder to work in; removes both. */
export async function withModules(body) {
  const folder = mkdtempSync(join(tmpdir(), 'mkb-'));
  try {
    await build({
      stdin: { contents: EXPORTS, resolveDir: root, loader: 'ts' }, outdir: folder, entryNames: 'modules', outExtension: { '.js': '.mjs' },
      bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error',
      banner: { js: ESM_BANNER },
    });
    const modules = await import(pathToFileURL(join(folder, 'modules.mjs')).href);
    return await body(modules, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A cluster in this process, in virtual time. */
export async function virtualCluster({ Cluster, Client, homeAt }, folder, nodes) {
  const cluster = await Cluster.open({ home: homeAt(join(folder, 'home')), speed: 0, virtual: true, seed: 1, lockWaitMs: 0, holder: 'a benchmark', writeLog: () => undefined });
  await cluster.startComponents({ nodes, timing: 'fast' });
  await cluster.clock.converge(60_000);
  return { cluster, client: new Client(cluster.transport, { userAgent: 'bench', user: ADMIN }) };
}
