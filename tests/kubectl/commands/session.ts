/** A cluster in memory and kubectl on it: each call is one command line. */
import { InProcessTransport } from '../../../src/client/transports/in-process.ts';
import { run } from '../../../src/kubectl/run.ts';
import { memoryStreams } from '../../../src/kubectl/streams.ts';
import { apiCluster, type ApiCluster } from '../../apiserver/support/api-cluster.ts';

export interface Session {
  readonly cluster: ApiCluster;
  /** Runs a command line given as words, with an input for `-f -`, and what else is in its environment. */
  kubectl(args: readonly string[], input?: string, env?: Readonly<Record<string, string>>): Promise<{ readonly out: string; readonly err: string; readonly code: number }>;
  close(): Promise<void>;
}

export async function session(): Promise<Session> {
  const cluster = await apiCluster();
  const transport = new InProcessTransport(cluster.server);
  return {
    cluster,
    async kubectl(args, input = '', env = {}) {
      const streams = memoryStreams(input);
      const code = await run(args, {
        streams, env: { PATH: process.env['PATH'], ...env }, program: 'kubectl', signal: new AbortController().signal, connection: { transport, close: () => Promise.resolve() },
      });
      return { out: streams.out(), err: streams.err(), code };
    },
    close: () => cluster.close(),
  };
}
