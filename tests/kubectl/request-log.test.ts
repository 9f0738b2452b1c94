/** What -v=6 and more tell of requests. */
import { StatusError } from '../../src/api/status.ts';
import { ConnectionError } from '../../src/client/client.ts';
import { MultipleErrors } from '../../src/kubectl/errors.ts';
import { errorLines, loggedTransport, openingLines, RequestLog } from '../../src/kubectl/request-log.ts';
import { CannedServer } from '../parity/canned-server.ts';

/** Without the time and the process. */
const plain = (text: string): string => text.replace(/^([IE])\d{4} [\d:.]+ +\d+ /gm, '$1 ');

function logged(level: number, answer: string): string {
  let [text, now] = ['', 0];
  const heard = new RequestLog((line) => (text += line), level, () => 'https://here', () => now).request({ method: 'POST', path: '/api/v1/pods?a=b', headers: { Accept: 'application/json', Authorization: 'Bearer secret', 'Kubectl-Command': 'x' }, body: '{"a":1}' });
  now = 7;
  heard.head(201, new Map([['content-type', ['application/json']], ['audit-id', ['x']]]));
  heard.body(answer);
  return plain(text);
}

describe('a request', () => {
  test('at 5 nothing, at 6 a line, at 7 what was sent', () => {
    expect(logged(6, '{}')).toBe('I round_trippers.go:632] "Response" verb="POST" url="https://here/api/v1/pods?a=b" status="201 Created" milliseconds=7\n');
    expect(logged(7, '{}')).toBe(`I round_trippers.go:527] "Request" verb="POST" url="https://here/api/v1/pods?a=b" headers=<
\tAccept: application/json
\tAuthorization: Bearer <masked>
 >
I round_trippers.go:632] "Response" status="201 Created" milliseconds=7
`);
  });

  test('at 8 bodies, up to a length', () => {
    expect(logged(8, 'one\ntwo\n')).toBe(`I helper.go:246] "Request Body" body="{\\"a\\":1}"
I round_trippers.go:527] "Request" verb="POST" url="https://here/api/v1/pods?a=b" headers=<
\tAccept: application/json
\tAuthorization: Bearer <masked>
 >
I round_trippers.go:632] "Response" status="201 Created" headers=<
\tAudit-Id: x
\tContent-Type: application/json
 > milliseconds=7
I helper.go:246] "Response Body" body=<
\tone
\ttwo
 >
`);
    expect(logged(8, 'x'.repeat(1030))).toContain(`body="${'x'.repeat(1024)} [truncated 6 chars]"\n`);
    expect(logged(9, 'x'.repeat(10241))).toContain(' [truncated 1 chars]"\n');
    expect(logged(10, 'x'.repeat(10241))).toContain(`"${'x'.repeat(10241)}"\n`);
  });

  test('at 9 as a command for curl', () => {
    expect(logged(9, '')).toContain(`"Request" curlCommand=<
\tcurl -v -XPOST  -H "Accept: application/json" -H "Authorization: Bearer <masked>" 'https://here/api/v1/pods?a=b'
 >
`);
  });

  test('of a server in this process', async () => {
    let text = '';
    const server = new CannedServer((path) => (path === '/api/v1/nodes/a' ? { body: { kind: 'Node' } } : undefined));
    const transport = loggedTransport(server.transport(), new RequestLog((line) => (text += line), 6, () => 'unix:///x', () => 0));
    await transport.request({ verb: 'get', group: '', version: 'v1', resource: 'nodes', name: 'a', options: {} });
    await expect(transport.request({ verb: 'get', group: '', version: 'v1', resource: 'nodes', name: 'b', options: {} })).rejects.toThrow('not found');
    expect(plain(text)).toBe(['a" status="200 OK"', 'b" status="404 Not Found"'].map((end) => `I round_trippers.go:632] "Response" verb="GET" url="unix:///x/api/v1/nodes/${end} milliseconds=0\n`).join(''));
  });
});

test('what is told before the first request', () => {
  expect(plain(openingLines(6, 'config'))).toMatch(/^I loader\.go:402\] Config loaded from file: {2}config\n(I envvar\.go:172\] "Feature gate default state" feature="\w+" enabled=(true|false)\n){5}$/);
  expect(openingLines(5, 'config')).not.toContain('loader');
  expect(openingLines(6, undefined)).not.toContain('loader');
});

test('errors, whole', () => {
  const missing = new StatusError(404, 'NotFound', 'pods "a" not found', { name: 'a', kind: 'pods' });
  expect(plain(errorLines(new MultipleErrors([missing])))).toBe(`I helpers.go:246] server response object: %s[{
  "kind": "Status",
  "apiVersion": "v1",
  "metadata": {},
  "status": "Failure",
  "message": "pods \\"a\\" not found",
  "reason": "NotFound",
  "details": {
    "name": "a",
    "kind": "pods"
  },
  "code": 404
}]
`);
  expect(plain(errorLines(new ConnectionError('x', {}, 'Get "http://a/b": EOF')))).toBe('I helpers.go:264] Connection error: Get http://a/b: EOF\n');
  expect(errorLines(new Error('x'))).toBe('');
});
