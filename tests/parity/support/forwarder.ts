/** Lets the real kubectl, which knows no unix sockets, reach a cluster: a port on 127.0.0.1 that leads to its socket. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Forwarder {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  close(): Promise<void>;
}

/** Bytes go through as they come, so watches stream and nothing of a request is lost. */
export async function forward(socketPath: string): Promise<Forwarder> {
  const open = new Set<Socket>();
  const server = createServer((inbound) => {
    const outbound = connect(socketPath);
    for (const [from, to] of [[inbound, outbound], [outbound, inbound]] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
