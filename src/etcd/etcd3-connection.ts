/** The way to a real etcd: one gRPC client for all its members, and what its errors mean. Loaded only where one is used. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Etcd3, IKeyValue, IOptions } from 'etcd3';
import { LeaseNotFoundError } from './leases.ts';
import { CompactedError, FutureRevisionError, UnavailableError, type KeyValue, type Revision } from './store.ts';

/** Passed to each call. */
export interface CallOptions {
  readonly deadline: number;
}

/** How long a call may take, and how long an etcd that is away is waited for, ms. */
const CALL_TIMEOUT_MS = 10_000;
const PATIENCE_MS = 4000;
const RETRY_MS = 100;

/** As kube-apiserver's client: a member that has gone without a word is noticed. Answers may be of any size. */
const CHANNEL_OPTIONS = { 'grpc.keepalive_time_ms': 30_000, 'grpc.keepalive_timeout_ms': 10_000, 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };

/** The library's own retries and circuit breakers repeat writes that may have been made, and refuse calls for seconds after a failure. */
const noPolicy = { execute: async (run: (context: object) => unknown) => run({}) } as unknown as NonNullable<NonNullable<IOptions['faultHandling']>['global']>;

export class Etcd3Connection {
  #closed = false;

  private constructor(readonly client: Etcd3) {}

  /** @param servers http://host:port of each member */
  static async open(servers: readonly string[]): Promise<Etcd3Connection> {
    const module = await import('etcd3');
    const { Etcd3: Client } = (module as unknown as { default?: typeof module }).default ?? module;
    const client = new Client({ hosts: [...servers], grpcOptions: CHANNEL_OPTIONS, faultHandling: { global: noPolicy, host: () => noPolicy } });
    return new Etcd3Connection(client);
  }

  /**
   * Makes a call; where no etcd answers, again for a few seconds. Throws what etcd says, or UnavailableError.
   * @param repeatable whether it may be made twice: one that changes something is repeated only when it cannot have arrived
   */
  async call<Answer>(repeatable: boolean, make: (options: CallOptions) => Promise<Answer>): Promise<Answer> {
    let telling: Failure | undefined;
    for (const end = Date.now() + PATIENCE_MS; ; ) {
      if (this.#closed) throw new Error('etcdserver: server stopped');
      try {
        return await make({ deadline: Date.now() + CALL_TIMEOUT_MS });
      } catch (thrown) {
        const failure = failureOf(thrown);
        const again = failure.code === 'UNAVAILABLE' && (repeatable || isNobody(failure.text));
        const isSilent = SILENT.test(failure.text);
        if (!isSilent) telling = failure;
        if (this.#closed || !again || Date.now() > (isSilent && !telling ? end + PATIENCE_MS : end)) throw storeError(telling ?? failure);
        // This one keeps the process alive: somebody waits for the answer.
        await delay(RETRY_MS);
      }
    }
  }

  close(): void {
    this.#closed = true;
    this.client.close();
  }
}

/** A gRPC failure: "14 UNAVAILABLE: No connection established". */
interface Failure {
  readonly code: string;
  readonly text: string;
  readonly cause: Error;
}

function failureOf(thrown: unknown): Failure {
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  const [, code = '', text = cause.message] = /^\d+ ([A-Z_]+): (.*)$/s.exec(cause.message) ?? [];
  return { code, text, cause };
}

/** The library is between two attempts to connect, and does not say how the last one ended. */
const SILENT = /^No connection established\. Last error: null/;

/** The call has not been sent. */
const isNobody = (text: string): boolean => /^No connection established|^Name resolution failed/.test(text);

function storeError({ code, text, cause }: Failure): Error {
  if (text.includes('mvcc: required revision has been compacted')) return new CompactedError(0 as Revision);
  if (text.includes('mvcc: required revision is a future revision')) return new FutureRevisionError();
  if (text.includes('requested lease not found')) return new LeaseNotFoundError();
  if (text.startsWith('etcdserver:')) return new Error(text, { cause });
  if (code === 'DEADLINE_EXCEEDED') return new UnavailableError('context deadline exceeded', { cause });
  if (code === '') return cause;
  return new UnavailableError(`rpc error: code = ${goName(code)} desc = ${goWords(text)}`, { cause });
}

/** What made a stream end. */
export const streamError = (thrown: unknown): Error => storeError(failureOf(thrown));

/** UNAVAILABLE -> Unavailable */
const goName = (code: string): string => code.split('_').map((word) => word[0] + word.slice(1).toLowerCase()).join('');

/** A refused connection as Go's gRPC tells of it, and kube-apiserver after it. */
function goWords(text: string): string {
  const [, call, address] = /connect ECONNREFUSED (?:(\S+) )?(\S+:\d+)/.exec(text) ?? [];
  return address === undefined ? text : `connection error: desc = "transport: Error while dialing: dial tcp ${address}: connect: connection refused"${call ?? ''}`;
}

/** A key with its value as etcd has it. */
export function fromEtcd(kv: IKeyValue): KeyValue {
  const { lease } = kv;
  return {
    key: kv.key.toString(),
    value: kv.value.toString(),
    createRevision: Number(kv.create_revision) as Revision,
    modRevision: Number(kv.mod_revision) as Revision,
    version: Number(kv.version),
    ...(lease === '0' ? {} : { lease: BigInt(lease).toString(16) }),
  };
}

const ZERO = Buffer.from([0]);

/** etcd's range of all keys with a prefix, or of those after one of them. Both ends a zero byte: all keys. */
export function keyRange(prefix: string, after?: string): { key: Buffer; range_end: Buffer } {
  const key = after !== undefined && after >= prefix ? Buffer.from(`${after}\0`) : prefix === '' ? ZERO : Buffer.from(prefix);
  if (prefix === '') return { key, range_end: ZERO };
  const end = Buffer.from(prefix);
  // UTF-8 has no byte 0xff, so that one more is always a byte.
  end[end.length - 1] = (end[end.length - 1] as number) + 1;
  return { key, range_end: end };
}
