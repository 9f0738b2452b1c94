/** Probes on one line (kubectl pkg/describe/describe.go: DescribeProbe). */
import type { Probe } from '../../api/generated/types.ts';
import { goList } from './format.ts';

export function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0, successThreshold = 0, failureThreshold = 0 } = probe;
  const times = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
  if (probe.exec) return `exec ${goList(probe.exec.command)} ${times}`;
  if (probe.httpGet) {
    const { scheme = '', host = '', port, path = '' } = probe.httpGet;
    return `http-get ${urlText(scheme.toLowerCase(), joinHostPort(host, String(port)), path)} ${times}`;
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ''}:${probe.tcpSocket.port} ${times}`;
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ''} ${times}`;
  return `unknown ${times}`;
}

/** net.JoinHostPort */
export const joinHostPort = (host: string, port: string): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** url.URL.String: the characters of a path that need it are escaped, "?" and "#" among them. */
function urlText(scheme: string, host: string, path: string): string {
  const escaped = path === '*' ? path : escape(path, /[A-Za-z0-9\-_.~$&+,/:;=@]/);
  return `${scheme ? `${scheme}:` : ''}//${escape(host, /[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"]/)}${escaped !== '' && !escaped.startsWith('/') ? '/' : ''}${escaped}`;
}

function escape(text: string, plain: RegExp): string {
  return [...Buffer.from(text)].map((byte) => (byte < 0x80 && plain.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)).join('');
}
