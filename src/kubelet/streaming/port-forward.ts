/** A kubelet's /portForward: one connection to a port of a pod. Servers in containers speak HTTP, as far as their images say what. */
import type { ForwardedConnection, Page, PortForwardRequest } from '../../api/node-connection.ts';
import { pageOf } from './page.ts';
import { STATUS_CODES } from './status-codes.ts';
import type { PodWorker } from '../pod-worker.ts';

const decoder = new TextDecoder('latin1');
const encoder = new TextEncoder();
/** A head that is longer is no request. */
const MAX_HEAD = 65_536;

/** Throws the kubelet's error where nothing listens. */
export async function portForward(worker: PodWorker, { namespace, pod, port }: PortForwardRequest, connection: ForwardedConnection): Promise<void> {
  const { runtime } = worker.host;
  const sandbox = worker.sandboxId;
  if (sandbox === undefined) throw new Error(`failed to find sandbox for pod ${namespace}/${pod}`);
  if (!runtime.listens(sandbox, port)) {
    throw new Error(`error forwarding port ${port} to pod ${sandbox}, uid : failed to execute portforward in network namespace "/var/run/netns/cni-${sandbox.slice(0, 8)}": failed to connect to localhost:${port} inside namespace "${sandbox}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: connection refused `);
  }
  let text = '';
  for await (const part of connection.incoming) {
    text += decoder.decode(part);
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end);
      const length = Number(/^content-length:\s*(\d+)\s*$/im.exec(head)?.[1] ?? 0);
      if (text.length < end + 4 + length) break;
      text = text.slice(end + 4 + length);
      if (!answer(head, connection, (path) => pageOf(worker.host, sandbox, port, path))) return;
    }
    if (text.length > MAX_HEAD) return;
  }
}

/** Whether the connection goes on. */
function answer(head: string, connection: ForwardedConnection, page: (path: string) => Page | 'refused' | 'malformed'): boolean {
  const [, method = '', path = '/', version = '1.1'] = /^([A-Z]+) (\S+) HTTP\/(1\.[01])/.exec(head) ?? [];
  const found = method === '' ? { code: 400, contentType: 'text/plain; charset=utf-8', body: '' } : page(path);
  // What is no web server closes on whoever speaks HTTP to it.
  if (typeof found === 'string') return false;
  const { code, contentType, body } = found;
  const close = /^connection:\s*close\s*$/im.test(head) || version === '1.0' || method === '';
  const bytes = encoder.encode(body);
  connection.write(encoder.encode(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? ''}\r\nContent-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\nConnection: ${close ? 'close' : 'keep-alive'}\r\n\r\n`));
  if (method !== 'HEAD' && bytes.length > 0) connection.write(bytes);
  return !close;
}
