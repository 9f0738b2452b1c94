/** kubectl get --raw: one request, its body as it is. */
import { StatusError, type StatusObject } from '../../../api/status.ts';
import type { CommandContext } from '../../command.ts';

export async function getRaw(ctx: CommandContext, path: string): Promise<void> {
  const { transport } = await ctx.client();
  const { code, body } = await transport.raw('GET', path);
  if (code >= 400) throw asStatusError(code, body);
  ctx.streams.stdout.write(body);
}

function asStatusError(code: number, body: string): StatusError {
  try {
    const status = JSON.parse(body) as StatusObject;
    if (status.kind === 'Status') return StatusError.from(status);
  } catch {
    // No Status: the code says what there is to say.
  }
  return code === 404 ? new StatusError(404, 'NotFound', 'the server could not find the requested resource') : new StatusError(code, code === 500 ? 'InternalError' : '', body.trim());
}
