/** Forwarded ports over SPDY: a pair of streams for each connection, one for its data and one for errors (kubelet pkg/cri/streaming/portforward/httpstream.go). */
import type { Connection } from '../../../api/node-connection.ts';
import { SpdyConnection, type ByteLink, type SpdyStream } from '../../../api/spdy/connection.ts';

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
}

export function servePortStreams(link: ByteLink, connection: Connection & { readonly kind: 'ports' }, { signal }: AbortController): SpdyConnection {
  const pairs = new Map<string, Pair>();
  return new SpdyConnection(link, { onStream: (stream) => {
    const { streamtype: type, requestid: id = '', port = '' } = stream.headers;
    if (type !== 'data' && type !== 'error') return stream.end();
    const pair = pairs.get(id) ?? {};
    pair[type] = stream;
    pairs.set(id, pair);
    const { data, error } = pair;
    if (!data || !error) return;
    pairs.delete(id);
    void serve(connection, Number(port), data, error, signal);
  } });
}

async function serve(connection: Connection & { readonly kind: 'ports' }, port: number, data: SpdyStream, error: SpdyStream, signal: AbortSignal): Promise<void> {
  try {
    await connection.forward(port, { incoming: data.incoming, write: (bytes) => data.write(bytes) }, signal);
  } catch (fault) {
    error.write(Buffer.from((fault as Error).message));
  }
  data.end();
  error.end();
}
