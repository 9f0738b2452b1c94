/** What a container has logged, where one cannot attach to it any more. */
import type { Pod } from '../../api/generated/types.ts';
import type { CommandContext } from '../command.ts';

export async function printContainerLog(ctx: CommandContext, { metadata }: Pod, container: string): Promise<void> {
  const client = await ctx.client();
  await client.transport.stream(
    { ...client.identity, verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: 'log', namespace: metadata?.namespace ?? '', name: metadata?.name ?? '', options: { query: { container } } },
    (text) => ctx.streams.stdout.write(text),
    ctx.signal,
  );
}
