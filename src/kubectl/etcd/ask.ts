/** Questions to the store behind the API server (src/daemon/etcd-paths.ts answers them). */
import type { CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';

/** Throws a CommandError with the store's words. */
export async function askStore<Answer>(ctx: CommandContext, what: string, parameters: Readonly<Record<string, string | number | undefined>> = {}): Promise<Answer> {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined && value !== '') given.set(name, String(value));
  const query = given.toString();
  return JSON.parse(await fetchText(ctx, `${what}${query === '' ? '' : `?${query}`}`)) as Answer;
}

/** The answer as it is. */
export async function fetchText(ctx: CommandContext, path: string, order?: object): Promise<string> {
  const { transport } = await ctx.client();
  const { code, body } = order ? await transport.raw('POST', `/mock/etcd/${path}`, order) : await transport.raw('GET', `/mock/etcd/${path}`);
  if (code !== 200) throw new CommandError(messageOf(body));
  return body;
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
