/** exec, attach and port-forward over SPDY, to the API server's own side of it. */
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Connection, ContainerStreams, ForwardedConnection } from '../../../src/api/node-connection.ts';
import { ByteQueue } from '../../../src/api/byte-queue.ts';
import { serveUpgrade } from '../../../src/apiserver/http/streaming/upgrade.ts';
import { RestTransport } from '../../../src/client/transports/rest.ts';

/** What the server does with a connection, and whether it speaks WebSocket. */
interface Setup {
  readonly webSocket?: boolean;
  readonly refusal?: readonly [code: number, body: string];
  readonly run?: (streams: ContainerStreams, signal: AbortSignal) => Promise<number>;
  readonly forward?: (port: number, connection: ForwardedConnection) => Promise<void>;
}

let server: Server;
let setup: Setup = {};
let upgrades: string[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  server = createServer((_, response) => response.end());
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('upgrade', (request, socket, head) => {
    const to = `${request.method} ${request.headers.upgrade}`;
    upgrades.push(to);
    const { refusal = to.endsWith('websocket') && setup.webSocket !== true ? [400, 'no'] : undefined } = setup;
    if (refusal) return void socket.end(`HTTP/1.1 ${refusal[0]} No\r\nContent-Length: ${refusal[1].length}\r\n\r\n${refusal[1]}`);
    const wants = (name: string) => request.url?.includes(`${name}=true`) === true;
    const connection: Connection = setup.forward
      ? { kind: 'ports', ports: [80], forward: setup.forward }
      : { kind: 'container', wants: { tty: wants('tty'), stdin: wants('stdin'), stdout: wants('stdout'), stderr: wants('stderr') }, run: setup.run ?? (() => Promise.resolve(0)) };
    void serveUpgrade(request, socket, head, connection);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
beforeEach(() => {
  setup = {};
  upgrades = [];
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

function open(subresource: string, query: Readonly<Record<string, string>>, spdyFor: readonly string[] = [subresource]): Promise<Connection> {
  const { port } = server.address() as AddressInfo;
  const transport = new RestTransport({ dial: () => connect(port, '127.0.0.1'), host: `127.0.0.1:${port}`, spdyFor });
  return transport.connect({ verb: 'get', group: '', version: 'v1', resource: 'pods', subresource, namespace: 'default', name: 'a', options: { query } });
}

async function* bytes(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

async function run(query: Readonly<Record<string, string>>, streams: Partial<ContainerStreams> = {}, signal = new AbortController().signal, spdyFor?: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const connection = await open('exec', query, spdyFor);
  if (connection.kind !== 'container') throw new Error('not a container');
  const code = await connection.run({ tty: false, stdin: undefined, stdout: (part) => (said.out += Buffer.from(part).toString()), stderr: (part) => (said.err += Buffer.from(part).toString()), ...streams }, signal);
  return { code, ...said };
}

const OUTPUTS = { stdout: 'true', stderr: 'true' };

test('standard input, both outputs and the exit code', async () => {
  setup = {
    run: async ({ stdin, stdout, stderr }) => {
      for await (const part of stdin ?? []) stdout?.(part);
      stderr?.(Buffer.from('bad'));
      return 3;
    },
  };
  expect(await run({ ...OUTPUTS, stdin: 'true' }, { stdin: bytes('a', 'b', 'c'.repeat(100_000)) })).toEqual({ code: 3, out: `ab${'c'.repeat(100_000)}`, err: 'bad' });
  expect(upgrades).toEqual(['POST SPDY/3.1']);
});

test('a terminal: its size is sent, and errors come with the rest', async () => {
  setup = { run: ({ tty, stdout, stderr }) => (stdout?.(Buffer.from(`${tty} ${stderr === undefined}`)), Promise.resolve(0)) };
  let asked = 0;
  const onSize: ContainerStreams['onSize'] = (listener) => {
    asked++;
    listener({ Width: 80, Height: 24 });
  };
  expect(await run({ stdout: 'true', tty: 'true' }, { tty: true, stderr: undefined, onSize })).toEqual({ code: 0, out: 'true true', err: '' });
  expect(asked).toBe(1);
});

test('a command that cannot be run', async () => {
  setup = { run: () => Promise.reject(new Error('no such file')) };
  await expect(run(OUTPUTS)).rejects.toThrow('Internal error occurred: no such file');
});

test('a server that only speaks SPDY is spoken to in SPDY', async () => {
  expect(await run(OUTPUTS, {}, undefined, [])).toEqual({ code: 0, out: '', err: '' });
  expect(upgrades).toEqual(['GET websocket', 'POST SPDY/3.1']);
  setup = { webSocket: true };
  await run(OUTPUTS, {}, undefined, []);
  expect(upgrades).toHaveLength(3);
});

test.each([
  [403, '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"you may not","reason":"Forbidden","code":403}', 'you may not'],
  [500, 'something is wrong\n', 'unable to upgrade connection: something is wrong'],
])('a refusal, %d', async (code, body, message) => {
  setup = { refusal: [code, body] };
  await expect(run(OUTPUTS)).rejects.toThrow(message);
});

test('an interrupt ends it', async () => {
  const interrupt = new AbortController();
  setup = { run: () => (interrupt.abort(new Error('interrupted')), new Promise(() => undefined)) };
  await expect(run(OUTPUTS, {}, interrupt.signal)).rejects.toThrow('interrupted');
});

describe('ports', () => {
  async function ports(): Promise<Connection & { kind: 'ports' }> {
    const connection = await open('portforward', { ports: '80' });
    if (connection.kind !== 'ports') throw new Error('no ports');
    return connection;
  }

  async function ask(connection: Connection & { kind: 'ports' }, question: string): Promise<string> {
    let answer = '';
    await connection.forward(80, { incoming: bytes(question), write: (part) => (answer += Buffer.from(part).toString()) }, new AbortController().signal);
    return answer;
  }

  test('many connections over one, and half-closed ones', async () => {
    setup = {
      forward: async (port, { incoming, write }) => {
        const parts: Uint8Array[] = [];
        for await (const part of incoming) parts.push(part);
        write(Buffer.from(`${port} ${Buffer.concat(parts).toString()}`));
      },
    };
    const connection = await ports();
    expect(await Promise.all(['a', 'b', 'c'].map((question) => ask(connection, question)))).toEqual(['80 a', '80 b', '80 c']);
    expect(upgrades).toEqual(['POST SPDY/3.1']);
    connection.link?.close();
    await connection.link?.lost;
  });

  test('a port where nobody listens', async () => {
    setup = { forward: () => Promise.reject(new Error('connection refused')) };
    const connection = await ports();
    await expect(ask(connection, '')).rejects.toThrow('connection refused');
    connection.link?.close();
  });

  test('a connection that is lost, with all that ran over it', async () => {
    const silent = new ByteQueue();
    setup = { forward: async (_, { write }) => (write(Buffer.from('x')), new Promise(() => undefined)) };
    const connection = await ports();
    const forwarded = connection.forward(80, { incoming: silent, write: () => sockets.forEach((socket) => socket.destroy()) }, new AbortController().signal);
    await connection.link?.lost;
    await forwarded;
    silent.end();
  });
});
