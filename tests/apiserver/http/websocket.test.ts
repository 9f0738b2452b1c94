/** exec and port-forward over WebSocket, in each of the protocols that clients offer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { NODES, PODS } from '../../../src/api/kinds.ts';
import type { NodeConnection } from '../../../src/api/node-connection.ts';
import type { Pod } from '../../../src/api/generated/types.ts';
import { HttpServer } from '../../../src/apiserver/http/server.ts';
import { apiCluster, type ApiCluster } from '../support/api-cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'mock-kubectl-ws-'));
const socketPath = join(folder, 's');
let cluster: ApiCluster;
let http: HttpServer;

/** Says what it was asked, repeats its input, and ends with the code that the command names. */
const kubelet: NodeConnection = {
  containerLogs: () => Promise.resolve(),
  page: () => Promise.resolve('refused'),
  serve: () => Promise.resolve('unreachable'),
  refusal: () => undefined,
  async exec({ command, container }, { stdin, stdout, stderr, onSize }) {
    stdout?.(Buffer.from(`${container}:${command.join(' ')}\n`));
    if (command[0] === 'size') onSize?.(({ Width, Height }) => stdout?.(Buffer.from(`${Width}x${Height} `)));
    for await (const part of stdin ?? []) stdout?.(part);
    stderr?.(Buffer.from('done'));
    if (command[0] === 'broken') throw new Error('it is broken');
    return Number(command[1] ?? 0);
  },
  attach: () => Promise.resolve(0),
  async portForward({ port }, { incoming, write }) {
    if (port === 81) throw new Error('nobody there');
    for await (const part of incoming) {
      write(part);
      return;
    }
  },
};

beforeAll(async () => {
  cluster = await apiCluster();
  await cluster.of(PODS).create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default' }, spec: { nodeName: 'n', containers: [{ name: 'main', image: 'x' }] } } as Pod);
  await cluster.of(PODS).create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'nowhere', namespace: 'default' }, spec: { containers: [{ name: 'main', image: 'x' }, { name: 'b', image: 'x' }] } } as Pod);
  await cluster.of(NODES).create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, spec: {} });
  cluster.server.connectNodes((name) => (name === 'n' ? kubelet : undefined));
  http = new HttpServer(cluster.server, { activity: cluster.clock.activity, clock: cluster.clock });
  await http.listen(socketPath);
});
afterAll(async () => {
  await http.close();
  await cluster.close();
  rmSync(folder, { recursive: true });
});

interface Talk {
  readonly protocol: string;
  /** What came, by channel. */
  readonly channels: Readonly<Record<number, string>>;
}

function talk(path: string, protocols: readonly string[], say: (socket: WebSocket) => void = () => undefined): Promise<Talk> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws+unix:${socketPath}:/api/v1/namespaces/default/pods/${path}`, [...protocols]);
    const channels: Record<number, string> = {};
    socket.on('open', () => say(socket));
    socket.on('message', (data, binary) => {
      const bytes = data as Buffer;
      const [channel, text] = binary ? [bytes[0] as number, bytes.subarray(1).toString('latin1')] : [Number(String(bytes)[0]), Buffer.from(String(bytes).slice(1), 'base64').toString()];
      channels[channel] = (channels[channel] ?? '') + text;
    });
    socket.on('close', () => resolve({ protocol: socket.protocol, channels }));
    socket.on('unexpected-response', (_, response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString())).on('end', () => reject(new Error(`${response.statusCode} ${body}`)));
    });
    socket.on('error', reject);
  });
}

const EXEC = 'a/exec?stdout=true&stderr=true';

test('v5: input, its end, both outputs, success', async () => {
  const { protocol, channels } = await talk(`${EXEC}&stdin=true&command=cat`, ['v5.channel.k8s.io', 'v4.channel.k8s.io'], (socket) => {
    socket.send(Buffer.from('\0hello'));
    socket.send(Buffer.from([255, 0]));
  });
  expect(protocol).toBe('v5.channel.k8s.io');
  expect({ ...channels, 3: JSON.parse(channels[3] ?? '') as unknown }).toEqual({ 1: 'main:cat\nhello', 2: 'done', 3: { metadata: {}, status: 'Success' } });
});

test('v4: an exit code, and a command that cannot be run', async () => {
  const failed = await talk(`${EXEC}&command=exit&command=3`, ['v4.channel.k8s.io']);
  expect(JSON.parse(failed.channels[3] ?? '')).toEqual({ metadata: {}, status: 'Failure', message: 'command terminated with non-zero exit code: exit status 3', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '3' }] } });
  const broken = await talk(`${EXEC}&command=broken`, ['v4.channel.k8s.io']);
  expect(JSON.parse(broken.channels[3] ?? '')).toMatchObject({ status: 'Failure', reason: 'InternalError', message: 'Internal error occurred: it is broken', code: 500 });
});

test('the first protocol tells only what went wrong, in base64 where that is wanted', async () => {
  expect((await talk(`${EXEC}&command=x`, ['base64.channel.k8s.io'])).channels).toEqual({ 1: 'main:x\n', 2: 'done' });
  expect((await talk(`${EXEC}&command=exit&command=2`, ['channel.k8s.io'])).channels[3]).toBe('command terminated with non-zero exit code: exit status 2');
});

test('a terminal has one output', async () => {
  expect(Object.keys((await talk(`${EXEC}&tty=true&command=x`, ['v4.channel.k8s.io'])).channels)).toEqual(['1', '3']);
});

test("a terminal's sizes come in a channel of their own, and may come in pieces", async () => {
  const { channels } = await talk('a/exec?stdin=true&stdout=true&tty=true&command=size', ['v5.channel.k8s.io'], (socket) => {
    for (const text of ['\x04{"Width":80,"Height":24}\n', '\x04{"Width":100,', '\x04"Height":30}\n{"Width":7}', '\x04no size}']) socket.send(Buffer.from(text));
    socket.send(Buffer.from([255, 0]));
  });
  expect(channels[1]).toBe('main:size\n80x24 100x30 7x0 ');
});

test('ports: each channel begins with its number; errors come on the next one', async () => {
  const { channels } = await talk('a/portforward?ports=80&ports=81', ['v4.channel.k8s.io'], (socket) => socket.send(Buffer.from('\0ping')));
  expect(channels).toEqual({ 0: 'P\0ping', 1: 'P\0', 2: 'Q\0', 3: 'Q\0nobody there' });
});

test.each([
  ['none/exec?stdout=true&command=x', '404 {"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"pods \\"none\\" not found","reason":"NotFound","details":{"name":"none","kind":"pods"},"code":404}\n'],
  ['nowhere/exec?stdout=true&command=x', /^400 .*a container name must be specified for pod nowhere, choose one of: \[main b\]/],
  ['nowhere/exec?stdout=true&command=x&container=b', /^400 .*pod nowhere does not have a host assigned/],
  ['a/exec?command=x', /^400 .*you must specify at least 1 of stdin, stdout, stderr/],
  ['a/portforward?ports=x', /^400 .*unable to parse \\"x\\" as a port/],
  ['a/status', /^200/],
])('%s is refused before it becomes a connection', async (path, expected) => {
  const refused = await talk(path, ['v4.channel.k8s.io']).catch((error: Error) => error.message);
  if (typeof expected === 'string') expect(refused).toBe(expected);
  else expect(refused).toMatch(expected);
});

test('a protocol that nobody speaks', async () => {
  await expect(talk(EXEC, ['v99.channel.k8s.io'])).rejects.toThrow(/^403/);
});
