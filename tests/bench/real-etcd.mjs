/** A real etcd to hold the store against, where one is installed (Debian: etcd-server), spoken to through its gRPC client. */
import { existsSync, readFileSync } from 'node:fs';
import { Etcd3 } from 'etcd3';

const MEMORY = '/dev/shm';
const prefixRange = (prefix) => ({ key: Buffer.from(prefix), range_end: Buffer.from(`${prefix.slice(0, -1)}0`) });

/** Calls `body` with a fresh etcd of one member. It always flushes; where that shall cost nothing its folder is in memory. */
export async function withEtcd({ RealEtcd }, program, folder, flushed, body) {
  const etcd = await RealEtcd.start({ program, parent: !flushed && existsSync(MEMORY) ? MEMORY : folder });
  try {
    return await body(etcd);
  } finally {
    await etcd.remove();
  }
}

/** Calls `body` with a client: put, range, watch. */
export async function withClient(etcd, body) {
  const client = new Etcd3({ hosts: etcd.url, grpcOptions: { 'grpc.max_receive_message_length': -1 } });
  const streams = [];
  try {
    return await body({
      real: true,
      put: (key, value) => client.kv.put({ key: Buffer.from(key), value: Buffer.from(value) }),
      range: (prefix) => client.kv.range(prefixRange(prefix)),
      /** Resolves when so many watchers are there, all on one stream, as an API server has them; `onEvent` is called for each event that one of them gets. */
      watch: async (prefix, onEvent, count = 1) => {
        const stream = await client.watchClient.watch();
        stream.on('error', () => undefined);
        streams.push(stream);
        await new Promise((resolve) => {
          let left = count;
          stream.on('data', ({ created, events }) => {
            if (created && --left === 0) resolve();
            for (const event of events) onEvent(event);
          });
          for (let i = 0; i < count; i++) stream.write({ create_request: { ...prefixRange(prefix), prev_kv: true } });
        });
      },
    });
  } finally {
    for (const stream of streams) stream.cancel();
    client.close();
  }
}

const field = (text, name) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? NaN);

/** The process's memory. */
export const memoryOf = (etcd) => field(readFileSync(`/proc/${etcd.pid}/status`, 'utf8'), 'VmRSS') * 1024;

/** What the process has given the system to write so far, bytes. */
export const writtenBy = (etcd) => field(readFileSync(`/proc/${etcd.pid}/io`, 'utf8'), 'wchar');
