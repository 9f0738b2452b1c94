/** What kubectl tells a server of the command that asks (cli-runtime pkg/genericclioptions/command_headers.go, KEP-859). */
import { randomUUID } from 'node:crypto';
import type { Headers } from '../../client/transports/http1.ts';

/** @param command its path, "kubectl rollout status". KUBECTL_COMMAND_HEADERS turns them off with "false" and "0", in these letters. */
export function commandHeaders(command: string, env: Readonly<Record<string, string | undefined>>): Headers {
  const setting = env['KUBECTL_COMMAND_HEADERS'];
  return setting === 'false' || setting === '0' ? {} : { 'Kubectl-Command': command, 'Kubectl-Session': randomUUID() };
}
