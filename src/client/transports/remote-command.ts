/** What exec, attach and port-forward have in common, whatever they run over (client-go tools/remotecommand). */
import type { Socket } from 'node:net';
import type { Connection } from '../../api/node-connection.ts';
import type { ApiRequest } from '../../api/request.ts';
import type { Headers } from './http1.ts';
import type { WireAnswer } from './wire-log.ts';

export interface StreamOptions {
  readonly dial: () => Socket;
  readonly host: string;
  readonly prefix: string;
  readonly headers: Headers;
  /** Hears of the request and its answer. */
  readonly log?: ((request: { readonly path: string; readonly headers: Headers }) => WireAnswer) | undefined;
  /** The error for an answer that is no upgrade. */
  readonly refused: (code: number, body: string) => Error;
  /** The error of a connection that failed. */
  readonly failed: (error: Error) => Error;
}

/** The command has ended, with more than the code to tell: it could not be run. */
export class RemoteCommandError extends Error {}

/** The server has answered, but not by an upgrade. */
export class UpgradeRefused extends Error {
  constructor(readonly reason: Error) {
    super(reason.message);
  }
}

/**
 * Opens the connection that a request asks for: over WebSocket, and over SPDY where that was asked for, or where the
 * server does not upgrade to WebSocket (fallback.go). What is refused then counts.
 */
export async function openConnection(request: ApiRequest, spdyOnly: boolean, options: StreamOptions): Promise<Connection> {
  if (!spdyOnly) {
    try {
      return await (await import('./websocket.ts')).openConnection(request, options);
    } catch (error) {
      if (!(error instanceof UpgradeRefused)) throw error;
    }
  }
  return (await import('./spdy.ts')).openConnection(request, options);
}

/** What the Status that ends a command says. Throws where the command could not be run. */
export function exitCode(text: string): number {
  const { status, reason, message = '', details } = JSON.parse(text) as { status?: string; reason?: string; message?: string; details?: { causes?: { reason?: string; message?: string }[] } };
  if (status === 'Success') return 0;
  if (reason !== 'NonZeroExitCode') throw new RemoteCommandError(message);
  return Number(details?.causes?.find((cause) => cause.reason === 'ExitCode')?.message ?? 1);
}
