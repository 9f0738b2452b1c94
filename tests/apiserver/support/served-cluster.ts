/** A cluster that answers over a unix socket, for all tests of a file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiServerOptions } from '../../../src/apiserver/server.ts';
import { HttpServer } from '../../../src/apiserver/http/server.ts';
import { apiCluster, later, type ApiCluster } from './api-cluster.ts';

export interface ServedCluster {
  readonly cluster: ApiCluster;
  readonly socketPath: string;
}

export function servedCluster(options?: Partial<ApiServerOptions>): ServedCluster {
  const folder = mkdtempSync(join(tmpdir(), 'served-'));
  const socketPath = join(folder, 's');
  let cluster: ApiCluster;
  let http: HttpServer;
  beforeAll(async () => {
    cluster = await apiCluster(options);
    http = new HttpServer(cluster.server, { clock: cluster.clock, activity: cluster.clock.activity });
    await http.listen(socketPath);
  });
  afterAll(async () => {
    await http.close();
    await cluster.close();
    rmSync(folder, { recursive: true });
  });
  return { cluster: later(() => cluster), socketPath };
}
