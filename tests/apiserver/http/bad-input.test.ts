/**
 * Whatever comes over the wire: an answer with the right code and a Status, no trace of our own insides, no effect, and a
 * server that lives on.
 */
import fc from '../../support/property.ts';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { CONFIGMAPS } from '../../../src/api/kinds.ts';
import { servedCluster } from '../support/served-cluster.ts';

// A busy machine is no bad input.
jest.setTimeout(60_000);

const { cluster, socketPath } = servedCluster();

interface Answer {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}
interface Status {
  readonly kind: string;
  readonly code: number;
  readonly reason?: string;
  readonly message: string;
}

function ask(method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path, agent: false, headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const bytes = Buffer.concat(parts);
        resolve({ code: response.statusCode ?? 0, headers: response.headers, bytes, text: bytes.toString() });
      });
    });
    asked.on('error', reject);
    asked.end(body);
  });
}
const statusOf = ({ text }: Answer): Status => JSON.parse(text) as Status;

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (more: object = {}) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, ...more });
const names = async (): Promise<readonly string[]> => (await cluster.of(CONFIGMAPS).list('default')).items.map(({ metadata }) => metadata.name);

describe('bodies', () => {
  test.each([
    ['', 400, /EOF|unexpected end of JSON input/],
    ['{', 400, /unexpected end of JSON input/],
    ['[]', 400, /couldn't get version\/kind/],
    ['null', 422, /name or generateName is required/],
    ['{}', 422, /name or generateName is required/],
    ['"x"', 400, /couldn't get version\/kind/],
    [map().slice(0, -5), 400, /unexpected end of JSON input/],
    ['{"a":'.repeat(20_000), 400, /exceeded max depth/],
    ['['.repeat(1_000_000), 400, /exceeded max depth/],
    [`{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`, 400, /exceeded max depth/],
    [`{"a":${'['.repeat(1900)}${']'.repeat(1900)}}`, 422, /name or generateName is required/],
  ])('%.20j…', async (body, code, message) => {
    const answer = await ask('POST', MAPS, body);
    expect(statusOf(answer)).toMatchObject({ kind: 'Status', code, message: expect.stringMatching(message) as string });
    expect(answer.code).toBe(code);
    expect(await names()).toEqual([]);
  });

  test('longer than 3 MB', async () => {
    const answer = await ask('POST', MAPS, map({ data: { a: 'x'.repeat(3 * 1024 * 1024) } }));
    expect(statusOf(answer)).toMatchObject({ code: 413, reason: 'RequestEntityTooLarge', message: 'Request entity is too large: limit is 3145728' });
  });

  test('an object that is too large for etcd', async () => {
    const annotated = JSON.stringify({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'big', namespace: 'default' },
      spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx', args: Array.from({ length: 17 }, () => 'x'.repeat(100_000)) }] } } },
    });
    const answer = await ask('POST', '/apis/apps/v1/namespaces/default/deployments', annotated);
    expect([answer.code, statusOf(answer).message]).toEqual([500, 'etcdserver: request is too large']);
    expect((await ask('GET', '/apis/apps/v1/namespaces/default/deployments/big')).code).toBe(404);
  });

  test('YAML that multiplies itself', async () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefghi'.split('').map((name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[i]}`).join(',')}]`)].join('\n');
    const answer = await ask('POST', MAPS, `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${bomb}\n`, { 'Content-Type': 'application/yaml' });
    expect(answer.code).toBe(400);
    expect((await ask('POST', MAPS, 'a: [\n', { 'Content-Type': 'application/yaml' })).code).toBe(400);
  });

  test('keys that mean something to JavaScript change nothing', async () => {
    const evil = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"evil","namespace":"default","labels":{"a":"b"}},"__proto__":{"polluted":"1"},"constructor":{"prototype":{"polluted":"1"}},"data":{"__proto__":"x","constructor":"y"}}';
    await ask('POST', MAPS, evil);
    for (const [type, body] of [
      ['merge-patch+json', '{"__proto__":{"polluted":"1"},"data":{"__proto__":{"polluted":"1"}}}'],
      ['strategic-merge-patch+json', '{"metadata":{"__proto__":{"polluted":"1"},"labels":{"__proto__":null}}}'],
      ['json-patch+json', '[{"op":"add","path":"/__proto__/polluted","value":"1"}]'],
      ['json-patch+json', '[{"op":"add","path":"/constructor/prototype/polluted","value":"1"}]'],
      ['json-patch+json', '[{"op":"copy","from":"/data","path":"/__proto__"}]'],
    ] as const) {
      const { code } = await ask('PATCH', `${MAPS}/evil`, body, { 'Content-Type': `application/${type}` });
      expect([type, body, code < 500]).toEqual([type, body, true]);
    }
    expect([({} as Record<string, unknown>)['polluted'], ([] as unknown as Record<string, unknown>)['polluted']]).toEqual([undefined, undefined]);
    await ask('DELETE', `${MAPS}/evil`);
  });
});

describe('headers and paths', () => {
  test.each([
    ['POST', MAPS, { 'Content-Type': 'text/plain' }, 415, 'UnsupportedMediaType'],
    ['POST', MAPS, { 'Content-Type': 'application/x-www-form-urlencoded' }, 415, 'UnsupportedMediaType'],
    ['PATCH', `${MAPS}/a`, { 'Content-Type': 'application/json' }, 415, 'UnsupportedMediaType'],
    ['GET', MAPS, { Accept: 'text/html' }, 406, 'NotAcceptable'],
    ['GET', `${MAPS}?timeout=soon`, {}, 400, 'BadRequest'],
    ['GET', `${MAPS}?limit=x`, {}, 400, 'BadRequest'],
    ['GET', `${MAPS}?fieldSelector=x`, {}, 400, 'BadRequest'],
    ['GET', `${MAPS}?continue=x`, {}, 400, 'BadRequest'],
    ['GET', `${MAPS}?resourceVersion=x`, {}, 400, 'BadRequest'],
    ['GET', `${MAPS}/none`, {}, 404, 'NotFound'],
  ])('%s %s %j', async (method, path, headers, code, reason) => {
    const answer = await ask(method, path, method === 'GET' ? undefined : '{}', headers);
    expect(statusOf(answer)).toMatchObject({ kind: 'Status', code, reason });
    expect(answer.code).toBe(code);
  });

  test.each([
    ['GET', '/api/v1/nonsense', 404, '404 page not found\n'],
    ['GET', '/apis/none.example/v1/things', 404, '404 page not found\n'],
    ['GET', '/api/v7/pods', 404, '404 page not found\n'],
    ['GET', '//x?pretty=1&timeout=1s', 404, '404 page not found\n'],
    ['GET', '//[/api?pretty=1&timeout=1s', 404, '404 page not found\n'],
    ['GET', '/%ZZ?pretty=1&timeout=1s', 404, '404 page not found\n'],
    ['POST', '/api/v1/componentstatuses', 405, '405: Method Not Allowed'],
    ['OPTIONS', MAPS, 405, '405: Method Not Allowed'],
    ['BREW', MAPS, 400, '400 Bad Request'],
  ])('%s %s is nothing to ask', async (method, path, code, text) => {
    const answer = await (method === 'BREW' ? speak(`BREW ${path} HTTP/1.1\r\nHost: x\r\n\r\n`) : ask(method, path, method === 'POST' ? '{}' : undefined));
    expect([answer.code, answer.text]).toEqual([code, text]);
  });

  test('every answer has an audit id, the client’s own where it has one', async () => {
    expect((await ask('GET', MAPS)).headers['audit-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect((await ask('GET', `${MAPS}/none`, undefined, { 'Audit-ID': 'mine' })).headers['audit-id']).toBe('mine');
  });

  test('people get it indented', async () => {
    for (const [path, agent] of [[`${MAPS}/none?pretty=true`, 'x'], [`${MAPS}/none`, 'curl/8.1'], ['/api', 'curl/8.1']] as const) expect((await ask('GET', path, undefined, { 'User-Agent': agent })).text).toMatch(/^\{\n {2}"kind"/);
    expect((await ask('GET', `${MAPS}/none?pretty=false`, undefined, { 'User-Agent': 'curl/8.1' })).text).toMatch(/^\{"kind"/);
  });

  test('long answers are compressed for those who take it', async () => {
    await ask('POST', MAPS, map({ metadata: { name: 'long', namespace: 'default' }, data: { a: 'x'.repeat(200_000) } }));
    const plain = await ask('GET', `${MAPS}/long`);
    const zipped = await ask('GET', `${MAPS}/long`, undefined, { 'Accept-Encoding': 'deflate, gzip' });
    expect([plain.headers['content-encoding'], zipped.headers['content-encoding'], zipped.bytes.length < 10_000]).toEqual([undefined, 'gzip', true]);
    expect(gunzipSync(zipped.bytes).toString()).toBe(plain.text);
    expect((await ask('GET', `${MAPS}/none`, undefined, { 'Accept-Encoding': 'gzip' })).headers['content-encoding']).toBeUndefined();
    await ask('DELETE', `${MAPS}/long`);
  });

  test('HEAD has the head of GET', async () => {
    const answer = await ask('HEAD', '/version');
    expect([answer.code, answer.bytes.length]).toEqual([200, 0]);
  });
});

/** Bytes as they are, and what comes back until the server hangs up. */
function speak(text: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath);
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => {
      const bytes = Buffer.concat(parts);
      const whole = bytes.toString('latin1');
      resolve({ code: Number(/^HTTP\/1\.1 (\d+)/.exec(whole)?.[1] ?? 0), headers: {}, bytes, text: whole.slice(whole.indexOf('\r\n\r\n') + 4) });
    });
    socket.end(text);
  });
}

describe('connections', () => {
  test('half-open ones, and ones that say half of it, hold up nobody', async () => {
    const open = Array.from({ length: 50 }, (_, i) => connect(socketPath).on('error', () => undefined).on('connect', function (this: ReturnType<typeof connect>) {
      if (i % 2 === 0) this.write(`POST ${MAPS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"kind":`);
    }));
    expect((await ask('GET', '/healthz')).text).toBe('ok');
    for (const socket of open) socket.destroy();
    expect(await names()).toEqual([]);
  });

  test('a thousand watches hear of one change', async () => {
    const WATCHES = 1000;
    let heard = 0;
    let all: () => void = () => undefined;
    const everybody = new Promise<void>((resolve) => (all = resolve));
    const open = () => new Promise<ReturnType<typeof request>>((resolve, reject) => {
      const asked = request({ socketPath, path: `${MAPS}?watch=true`, agent: false }, (response) => {
        resolve(asked);
        response.once('data', () => {
          if (++heard === WATCHES) all();
        });
        response.on('error', () => undefined);
      });
      asked.on('error', reject);
      asked.end();
    });
    const opened: ReturnType<typeof request>[] = [];
    while (opened.length < WATCHES) opened.push(...(await Promise.all(Array.from({ length: 100 }, open))));
    await ask('POST', MAPS, map());
    await everybody;
    for (const asked of opened) asked.on('error', () => undefined).destroy();
    await ask('DELETE', `${MAPS}/a`);
    expect((await ask('GET', '/healthz')).text).toBe('ok');
  });
});

describe('anything', () => {
  const RUNS = 250;
  const word = fc.constantFrom('api', 'apis', 'v1', 'apps', 'namespaces', 'default', 'pods', 'configmaps', 'deployments', 'status', 'scale', 'log', 'a', 'watch', 'proxy', '', '..', '%2F', '%00', '%ZZ', '__proto__', 'constructor', 'toString');
  const path = fc.array(fc.oneof(word, fc.string({ maxLength: 8 }).map((text) => encodeURIComponent(text.replace(/\p{Cs}/gu, '')))), { maxLength: 8 }).map((parts) => `/${parts.join('/')}`);
  const query = fc.array(fc.tuple(fc.constantFrom('watch', 'limit', 'continue', 'labelSelector', 'fieldSelector', 'resourceVersion', 'dryRun', 'fieldValidation', 'propagationPolicy', 'gracePeriodSeconds', 'timeout', 'pretty'), fc.constantFrom('', '1', '-1', 'true', 'x', 'a=b', 'a in (b', '%00', '9'.repeat(30))), { maxLength: 3 })
    .map((pairs) => pairs.filter(([key]) => key !== 'watch').map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&'));
  const json = fc.oneof(fc.json(), fc.json().map((text) => text.slice(0, -1)), fc.constantFrom('', '{}', map(), '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":{}}}', '{"kind":"List","apiVersion":"v1"}'));
  const value = fc.jsonValue({ maxDepth: 3 });
  const object = fc.record({ apiVersion: fc.oneof(fc.constant('v1'), value), kind: fc.oneof(fc.constant('ConfigMap'), value), metadata: fc.oneof(fc.dictionary(fc.constantFrom('name', 'labels', 'annotations', 'finalizers', 'ownerReferences', 'generateName', '__proto__'), value), value), data: value }).map((each) => JSON.stringify(each));
  const type = fc.constantFrom('application/json', 'application/yaml', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'application/vnd.kubernetes.protobuf', 'text/plain', 'application/json; charset=x', ';');
  const accept = fc.constantFrom('*/*', 'application/json', 'application/yaml', 'text/html', 'application/json;as=Table;v=v1;g=meta.k8s.io', 'application/json;as=Nothing;v=v1;g=meta.k8s.io', ';;;', 'application/json;q=x');

  /** What an answer must be, whatever was asked. */
  function check(answer: Answer, asked: string): void {
    expect([asked, answer.code >= 200 && answer.code < 600 && answer.code !== 500]).toEqual([asked, true]);
    expect(answer.text).not.toMatch(/node_modules|\.ts:\d+|at .* \(|TypeError|RangeError|Cannot read prop/);
  }

  test(`${RUNS} requests made at random`, async () => {
    let tried = 0;
    await fc.assert(fc.asyncProperty(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'), path, query, type, accept, fc.oneof(json, object), async (method, where, what, contentType, accepted, body) => {
      tried++;
      check(await ask(method, what === '' ? where : `${where}?${what}`, method === 'GET' || method === 'HEAD' ? undefined : body, { 'Content-Type': contentType, Accept: accepted }), `${method} ${where}?${what} ${contentType} ${body}`);
    }), { numRuns: RUNS });
    console.log(`${tried} requests tried`);
    expect((await ask('GET', '/healthz')).text).toBe('ok');
  });

  test(`${RUNS} bodies for one object`, async () => {
    let tried = 0;
    await fc.assert(fc.asyncProperty(fc.constantFrom(['POST', MAPS], ['PUT', `${MAPS}/a`], ['PATCH', `${MAPS}/a`], ['POST', '/api/v1/namespaces/default/pods'], ['DELETE', `${MAPS}/a`]), type, fc.oneof(json, object), async ([method = '', where = ''], contentType, body) => {
      tried++;
      check(await ask(method, where, body, { 'Content-Type': contentType }), `${method} ${where} ${contentType} ${body}`);
    }), { numRuns: RUNS });
    console.log(`${tried} bodies tried`);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('200 streams of bytes', async () => {
    let tried = 0;
    const line = fc.oneof(fc.constantFrom('GET / HTTP/1.1\r\nHost: x\r\n', 'POST /api/v1/namespaces HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffff\r\n', 'Content-Length: -1\r\n', '\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\u0000'), fc.string());
    await fc.assert(fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
      tried++;
      const { code } = await speak(Buffer.from(lines.join(''), 'latin1'));
      expect(code === 0 || (code >= 200 && code < 600 && code !== 500)).toBe(true);
    }), { numRuns: 200 });
    console.log(`${tried} streams tried`);
    expect((await ask('GET', '/healthz')).text).toBe('ok');
    expect(cluster.errors).toEqual([]);
  });
});
