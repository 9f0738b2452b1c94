/** kubectl version (kubectl pkg/cmd/version/version.go). */
import { defineCommand } from '../command.ts';
import { CommandError } from '../errors.ts';
import { StatusError } from '../../api/status.ts';
import { documentPath } from '../shared/server-document.ts';
import { KUSTOMIZE_VERSION, VERSION } from '../version.ts';

interface ServerVersion {
  readonly gitVersion: string;
  readonly [key: string]: string;
}

export const command = defineCommand({
  name: 'version',
  usage: 'version [flags]',
  short: 'Print the client and server version information for the current context.',
  examples: '# The versions of client and server\nkubectl version',
  flags: {
    client: { type: 'bool', default: false, description: 'Only the client\'s version; no server is asked.' },
    output: { type: 'string', default: '', short: 'o', description: "'yaml' or 'json'." },
  },
  async run(ctx, args, flags) {
    const { client, output } = flags.values;
    if (!client && args.length > 0) throw new CommandError(`extra arguments: [${args.join(' ')}]`);
    if (output !== '' && output !== 'yaml' && output !== 'json') throw new CommandError("--output must be 'yaml' or 'json'");
    let server: ServerVersion | undefined;
    let failure: unknown;
    if (!client) {
      const { transport } = await ctx.client();
      try {
        const { code, body } = await transport.raw('GET', documentPath('/version'));
        if (code >= 400) throw StatusError.from(JSON.parse(body) as object);
        server = JSON.parse(body) as ServerVersion;
      } catch (error) {
        failure = error;
      }
    }
    const { stdout } = ctx.streams;
    const all = { clientVersion: VERSION, kustomizeVersion: KUSTOMIZE_VERSION, ...(server ? { serverVersion: server } : {}) };
    if (output === 'json') stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    else if (output === 'yaml') stdout.write(`${(await import('../printers/yaml.ts')).toYaml(all)}\n`);
    else {
      stdout.write(`Client Version: ${VERSION.gitVersion}\nKustomize Version: ${KUSTOMIZE_VERSION}\n`);
      if (server) stdout.write(`Server Version: ${server.gitVersion}\n`);
    }
    if (failure !== undefined) throw failure;
  },
});
