import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawCaller } from '../../../src/apiserver/answer.ts';
import type { RestBackend } from '../../../src/apiserver/http/handler.ts';
import { HttpServer } from '../../../src/apiserver/http/server.ts';
import { freeze } from '../../../src/api/json.ts';
import type { ApiRequest, WatchEvent } from '../../../src/api/request.ts';
import { StatusError, notFound } from '../../../src/api/status.ts';
import { ConnectionError } from '../../../src/client/client.ts';
import { Connections } from '../../../src/client/transports/connections.ts';
import { send } from '../../../src/client/transports/http1.ts';
import { SocketTransport } from '../../../src/client/transports/unix-socket.ts';
import { Activity } from '../../../src/simulation/activity.ts';

const NOW = Date.parse('2030-01-02T03:04:05.678Z');
const PODS = { group: '', version: 'v1', resource: 'pods', namespace: 'default' };

class Backend implements RestBackend {
  proxy(): never {
    throw new Error('nobody asks for this');
  }
  connect(): never {
    throw new Error('nobody asks for this');
  }
  readonly requests: ApiRequest[] = [];
  onEvent: ((event: WatchEvent) => void) | undefined;
  stopped = 0;
  endWatch = () => {};
  answer: (request: ApiRequest) => object = () => ({ kind: 'Pod', metadata: { name: 'ä\u{1F600}' } });
  warnings: readonly string[] | undefined;

  authenticate() {
    return Promise.resolve({ username: 'jane', groups: [] });
  }
  handle(request: ApiRequest) {
    this.requests.push(request);
    return Promise.resolve({ code: request.verb === 'create' ? 201 : 200, object: this.answer(request), ...(this.warnings ? { warnings: this.warnings } : {}) });
  }
  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void) {
    this.requests.push(request);
    this.onEvent = onEvent;
    const closed = new Promise<void>((resolve) => (this.endWatch = resolve));
    return Promise.resolve({ closed, stop: () => {
      this.stopped++;
      this.endWatch();
    } });
  }
  async stream(request: ApiRequest, onText: (text: string) => void) {
    this.requests.push(request);
    if (request.name === 'none') throw notFound({ group: '', plural: 'pods' }, 'none');
    onText('eins\n');
    await Promise.resolve();
    onText('zwei\n');
  }
  onRaw: (() => Promise<void>) | undefined;
  async raw(method: string, path: string, body?: unknown, { accept }: RawCaller = {}) {
    await this.onRaw?.();
    return { code: 200, contentType: 'application/json', body: JSON.stringify({ method, path, body, ...(accept?.includes(';as=') ? { accept } : {}) }), ...(path === '/openapi/v3/x' ? { headers: { ETag: '"a"' }, immutableMs: 1000 } : {}) };
  }
}

describe('HTTP over a unix socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'http-'));
  const socketPath = join(folder, 's');
  let backend: Backend;
  let server: HttpServer;
  const activity = new Activity();
  const transport = new SocketTransport({ socketPath });

  beforeEach(async () => {
    backend = new Backend();
    server = new HttpServer(backend, { clock: { now: () => NOW }, activity });
    await server.listen(socketPath);
  });
  afterEach(() => server.close());
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A request as any program might send it. */
  const http = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    new Promise<{ status: number; headers: ReadonlyMap<string, readonly string[]>; body: string }>((resolve, reject) => {
      let text = '';
      let head = { status: 0, headers: new Map<string, readonly string[]>() as ReadonlyMap<string, readonly string[]> };
      send({ connections: new Connections(() => connect(socketPath)), host: 'localhost', method, path, headers, ...(body === undefined ? {} : { body }) }, { head: (each) => (head = each), data: (chunk) => (text += chunk.toString()), end: () => resolve({ ...head, body: text }), error: reject });
    });

  test('who has a document already is told so, and no more', async () => {
    const first = await http('GET', '/openapi/v3/x');
    expect([first.status, first.headers.get('etag'), first.headers.get('cache-control'), first.headers.get('expires')]).toEqual([200, ['"a"'], ['public, immutable'], ['Wed, 02 Jan 2030 03:04:06 GMT']]);
    const second = await http('GET', '/openapi/v3/x', { 'If-None-Match': '"a"' });
    expect([second.status, second.body]).toEqual([304, '']);
    expect((await http('GET', '/openapi/v3/x', { 'If-None-Match': '"b"' })).status).toBe(200);
  });

  test('a request arrives as it was made, and its answer too', async () => {
    const request: ApiRequest = { ...PODS, verb: 'create', options: { dryRun: true }, body: { kind: 'Pod' }, userAgent: 'kubectl/v1.33.1' };
    backend.warnings = ['unknown field "spec.foo"', 'ünïcode \\ too'];
    const response = await transport.request(request);
    expect(response).toEqual({ code: 201, object: { kind: 'Pod', metadata: { name: 'ä\u{1F600}' } }, warnings: backend.warnings });
    expect(backend.requests[0]).toEqual({ ...request, rawBody: '{"kind":"Pod"}', representation: 'object', nulls: true });
    expect(Math.abs((await transport.serverTime()) - NOW)).toBeLessThan(60_000);
  });

  test('patches and deletes', async () => {
    await transport.request({ ...PODS, verb: 'patch', name: 'a', patchType: 'merge', body: { a: null } });
    await transport.request({ ...PODS, verb: 'delete', name: 'a', options: { gracePeriodSeconds: 3 } });
    expect(backend.requests[0]).toMatchObject({ verb: 'patch', patchType: 'merge', body: { a: null }, name: 'a' });
    expect(backend.requests[1]).toMatchObject({ verb: 'delete', name: 'a', options: { gracePeriodSeconds: 3 } });
    expect(backend.requests[1]?.body).toBeUndefined();
  });

  test('asks for tables', async () => {
    await transport.request({ ...PODS, verb: 'list', representation: 'table' });
    expect(backend.requests[0]?.representation).toBe('table');
  });

  test('errors stay what they are', async () => {
    backend.answer = () => {
      throw new StatusError(409, 'Conflict', 'no', { name: 'x' });
    };
    await expect(transport.request({ ...PODS, verb: 'get', name: 'x' })).rejects.toMatchObject({ name: 'StatusError', status: { code: 409, reason: 'Conflict', message: 'no', details: { name: 'x' } } });
    backend.answer = () => {
      throw new TypeError('oops');
    };
    await expect(transport.request({ ...PODS, verb: 'get', name: 'x' })).rejects.toMatchObject({ code: 500, message: 'Internal error occurred: oops' });
  });

  test('a large answer arrives whole', async () => {
    const items = Array.from({ length: 20_000 }, (_, index) => ({ name: `pod-${index}-ä` }));
    backend.answer = () => ({ items });
    expect((await transport.request({ ...PODS, verb: 'list' })).object).toEqual({ items });
  });

  test('watches: events in order, stop reaches the server, its end reaches the client', async () => {
    const events: WatchEvent[] = [];
    let arrived = () => {};
    const all = new Promise<void>((resolve) => (arrived = resolve));
    const handle = await transport.watch({ ...PODS, verb: 'watch', options: { resourceVersion: '5' } }, (event) => {
      events.push(event);
      if (events.length === 3) arrived();
    });
    expect(backend.requests[0]).toMatchObject({ verb: 'watch', options: { resourceVersion: '5' } });
    const pod = freeze({ kind: 'Pod', metadata: { name: 'ä' } });
    backend.onEvent?.({ type: 'ADDED', object: pod });
    backend.onEvent?.({ type: 'MODIFIED', object: pod });
    backend.onEvent?.({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } });
    await all;
    expect(events).toEqual([{ type: 'ADDED', object: pod }, { type: 'MODIFIED', object: pod }, { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } }]);
    backend.endWatch();
    await handle.closed;
    const second = await transport.watch({ ...PODS, verb: 'watch' }, () => {});
    const gone = new Promise<void>((resolve) => {
      const end = backend.endWatch;
      backend.endWatch = () => {
        end();
        resolve();
      };
    });
    second.stop();
    await second.closed;
    await gone;
    expect(backend.stopped).toBeGreaterThan(0);
  });

  test('an open watch does not hold time still', async () => {
    const handle = await transport.watch({ ...PODS, verb: 'watch' }, () => {});
    await activity.idle();
    handle.stop();
    await handle.closed;
  });

  test('nor does a request that moves time; closing waits for its answer', async () => {
    let reached = () => {};
    const asked = new Promise<void>((resolve) => (reached = resolve));
    backend.onRaw = () => {
      reached();
      return activity.idle();
    };
    const answer = transport.raw('POST', '/mock/clock', {});
    await asked;
    await server.close();
    expect((await answer).code).toBe(200);
  });

  test('logs come as text; an error in place of a log is an error', async () => {
    let text = '';
    await transport.stream({ ...PODS, verb: 'get', name: 'a', subresource: 'log', options: { query: { container: 'c' } } }, (part) => (text += part));
    expect(text).toBe('eins\nzwei\n');
    expect(backend.requests[0]?.options?.query).toEqual({ container: 'c' });
    await expect(transport.stream({ ...PODS, verb: 'get', name: 'none', subresource: 'log' }, () => {})).rejects.toMatchObject({ code: 404, message: 'pods "none" not found' });
  });

  test('other paths go by', async () => {
    expect(await transport.raw('POST', '/mock/clock', { a: 1 })).toEqual({ code: 200, contentType: 'application/json', body: '{"method":"POST","path":"/mock/clock","body":{"a":1}}' });
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    expect(JSON.parse((await http('GET', '/apis', { Accept: accept })).body)).toMatchObject({ path: '/apis', accept });
  });

  test.each([
    ['POST', '/api/v1/namespaces/a/pods', {}, 'hello', 400, `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: invalid character 'h' looking for beginning of value (68656c6c6f)`],
    ['POST', '/api/v1/namespaces/a/pods', {}, '{"kind":"Pod","metadata":{"name":"x"', 400, `the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: unexpected end of JSON input ({"kind":"Pod","metadata":{"nam ...)`],
    ['POST', '/api/v1/namespaces/a/pods', { 'Content-Type': 'text/plain' }, '{}', 415, 'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf'],
    ['PATCH', '/api/v1/namespaces/a/pods/x', { 'Content-Type': 'application/json' }, '{}', 415, 'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml'],
    ['PATCH', '/api/v1/namespaces/a/pods/x', { 'Content-Type': 'application/merge-patch+json' }, '{', 400, 'error decoding patch: unexpected end of JSON input'],
    ['GET', '/api/v1/pods', { Accept: 'text/html' }, undefined, 406, 'only the following media types are accepted: application/json, application/yaml'],
    ['GET', '/api/v1/pods?limit=x', {}, undefined, 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['POST', '/api/v1/namespaces/a/pods', {}, `"${'x'.repeat(3 * 1024 * 1024)}"`, 413, 'Request entity is too large: limit is 3145728'],
  ])('%s %s %j: refused', async (method, path, headers, body, code, message) => {
    const answer = await http(method, path, headers, body);
    expect(answer.status).toBe(code);
    expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', status: 'Failure', code, message });
    expect(backend.requests).toEqual([]);
  });

  test('YAML in and out', async () => {
    const answer = await http('POST', '/api/v1/namespaces/a/pods', { 'Content-Type': 'application/yaml', Accept: 'application/yaml' }, 'kind: Pod\nspec: {a: 1}\n');
    expect(backend.requests[0]?.body).toEqual({ kind: 'Pod', spec: { a: 1 } });
    expect(answer.headers.get('content-type')).toEqual(['application/yaml']);
    expect(answer.body).toContain('kind: Pod');
  });

  test('a bare answer without a Status still gives an error in words', async () => {
    await server.close();
    const bare = createServer((socket) => socket.resume().end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n404 page not found\n')).listen(socketPath);
    await expect(transport.request({ ...PODS, verb: 'get', name: 'x' })).rejects.toMatchObject({ reason: 'NotFound', message: 'the server could not find the requested resource (get pods x)' });
    await new Promise((resolve) => bare.close(resolve));
  });

  test('the socket is for its owner alone; a stale one is replaced, a living one is not', async () => {
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
    const second = new HttpServer(backend, { clock: { now: () => NOW }, activity });
    await expect(second.listen(socketPath)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await server.close();
    writeFileSync(socketPath, '');
    await second.listen(socketPath);
    await second.close();
  });

  test('nobody there is a connection error that says why', async () => {
    const nowhere = new SocketTransport({ socketPath: join(folder, 'nothing') });
    await expect(nowhere.request({ ...PODS, verb: 'list' })).rejects.toThrow(ConnectionError);
    await expect(nowhere.watch({ ...PODS, verb: 'watch' }, () => {})).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
  });

  test('a server that goes away in the middle is a connection error', async () => {
    await server.close();
    const bad = createServer((socket) => socket.resume().end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"ki')).listen(socketPath);
    await expect(transport.request({ ...PODS, verb: 'list' })).rejects.toThrow('unexpected EOF');
    await new Promise((resolve) => bad.close(resolve));
  });
});
