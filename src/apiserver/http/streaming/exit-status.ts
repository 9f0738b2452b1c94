/** How a command's end is told to the client: a Status (kubelet pkg/cri/streaming/remotecommand/exec.go). */
import { StatusError } from '../../../api/status.ts';

export interface EndStatus {
  readonly metadata: Readonly<Record<string, never>>;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes: readonly { readonly reason: string; readonly message: string }[] };
  readonly code?: number;
}

export function exitStatus(code: number): EndStatus {
  if (code === 0) return { metadata: {}, status: 'Success' };
  return { metadata: {}, status: 'Failure', message: `command terminated with non-zero exit code: exit status ${code}`, reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: String(code) }] } };
}

/** The command could not be run at all. */
export function failureStatus(error: unknown): EndStatus {
  const message = error instanceof Error ? error.message : String(error);
  return { metadata: {}, status: 'Failure', message: `Internal error occurred: ${message}`, reason: 'InternalError', code: error instanceof StatusError ? error.code : 500, details: { causes: [{ reason: '', message }] } };
}
