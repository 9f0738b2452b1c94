/** kubectl api-versions (kubectl pkg/cmd/apiresources/apiversions.go). */
import { defineCommand } from '../command.ts';
import { discoverVersions } from '../discovery.ts';
import { CommandError, textOf, usageError } from '../errors.ts';
import { discoveryFailure } from '../resource-mapper.ts';

export const command = defineCommand({
  name: 'api-versions',
  usage: 'api-versions',
  short: 'Print the supported API versions on the server, in the form of "group/version".',
  examples: '# Every version that the server serves\nkubectl api-versions',
  flags: {},
  async run(ctx, args) {
    if (args.length > 0) throw usageError(ctx, `unexpected arguments: [${args.join(' ')}]`);
    const { transport } = await ctx.client();
    const versions = [...(await discoverVersions(transport).catch((error: unknown) => {
      ctx.streams.stderr.write(discoveryFailure(error));
      throw new CommandError(`couldn't get available api versions from server: ${textOf(error)}`);
    }))].sort();
    ctx.streams.stdout.write(versions.map((version) => `${version}\n`).join(''));
  },
});
