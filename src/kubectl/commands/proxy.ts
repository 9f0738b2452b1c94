/** kubectl proxy (kubectl pkg/cmd/proxy/proxy.go). */
import { statSync } from 'node:fs';
import { defineCommand, type CommandContext } from '../command.ts';
import { compileGo } from '../../api/go-regexp.ts';
import { CommandError, PlainError, textOf } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { klogLine } from '../klog.ts';
import { onAbort } from '../shared/on-abort.ts';

const DEFAULT_PORT = 8001;

const proxyFlags = {
  'accept-hosts': { type: 'string', default: '^localhost$,^127\\.0\\.0\\.1$,^\\[::1\\]$', description: 'Hosts that are accepted, as regular expressions.' },
  'accept-paths': { type: 'string', default: '^.*', description: 'Paths that are accepted, as regular expressions.' },
  address: { type: 'string', default: '127.0.0.1', description: 'The IP address to serve on.' },
  'api-prefix': { type: 'string', default: '/', description: 'The prefix under which the API is served.' },
  'append-server-path': { type: 'bool', default: false, description: "Put the path of the context's server before each request's." },
  'disable-filter': { type: 'bool', default: false, description: 'Accept everything. Dangerous where others can reach the port.' },
  keepalive: { type: 'duration', default: 0, description: 'Keep-alive period of connections; 0 for none.' },
  port: { type: 'int', default: DEFAULT_PORT, short: 'p', description: 'The port to serve on; 0 for any.' },
  'reject-methods': { type: 'string', default: '^$', description: "Methods that are refused, as regular expressions ('POST,PUT,PATCH')." },
  'reject-paths': { type: 'string', default: '^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach', description: 'Paths that are refused, even if --accept-paths has them.' },
  'unix-socket': { type: 'string', default: '', short: 'u', description: 'The unix socket to serve on.' },
  www: { type: 'string', default: '', short: 'w', description: 'Also serve the files of this folder.' },
  'www-prefix': { type: 'string', default: '/static/', short: 'P', description: 'The prefix under which these files are served.' },
} as const;

export const command = defineCommand({
  name: 'proxy',
  usage: 'proxy [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]',
  short: 'Run a proxy to the Kubernetes API server',
  long: 'Serves the API on a local port, with the credentials of who runs it, and beside it, where asked for, the files of a folder.',
  examples: `# All of the API and nothing else
kubectl proxy --api-prefix=/

# Part of the API, and some files; then: curl localhost:8001/api/v1/pods
kubectl proxy --www=/my/files --www-prefix=/static/ --api-prefix=/api/

# The API under another root: curl localhost:8001/custom/api/v1/pods
kubectl proxy --api-prefix=/custom/

# On another port, or on any that is free
kubectl proxy --port=8011 --www=./local/www/
kubectl proxy --port=0`,
  flags: proxyFlags,
  run: runProxy,
});

async function runProxy(ctx: CommandContext, _args: readonly string[], { values }: Flags<typeof proxyFlags>): Promise<void> {
  const { stderr, stdout } = ctx.streams;
  const socket = values['unix-socket'];
  const warn = (line: number, text: string): void => stderr.write(klogLine('W', `proxy.go:${line}`, text));
  if (values['disable-filter'] && socket === '') warn(177, 'Request filter disabled, your proxy is vulnerable to XSRF attacks, please be cautious');
  const filter = values['disable-filter'] ? undefined : { acceptPaths: patterns(values['accept-paths']), rejectPaths: patterns(values['reject-paths']), acceptHosts: patterns(values['accept-hosts']), rejectMethods: patterns(values['reject-methods']) };
  if (values.port !== DEFAULT_PORT && socket !== '') throw new CommandError('cannot set --unix-socket and --port at the same time');
  if (values.www !== '') checkFolder(values.www, warn);
  const reach = await (await ctx.client()).transport.reach?.();
  if (!reach) throw new CommandError('there is no API server to proxy to');
  if (!values['append-server-path'] && reach.prefix !== '') warn(172, `Your kube context contains a server path ${reach.prefix}, use --append-server-path to automatically append the path to each request`);
  const { ProxyServer } = await import('./proxy/server.ts');
  const server = new ProxyServer({
    reach: values['append-server-path'] ? reach : { ...reach, prefix: '' }, filter, apiPrefix: withSlash(values['api-prefix']), ...(values.www === '' ? {} : { files: { folder: values.www, prefix: withSlash(values['www-prefix']) } }),
    report: (text) => stderr.write(klogLine('E', 'proxy_server.go:147', text)),
  });
  const where = await server.listen(socket === '' ? { host: values.address, port: values.port } : { path: socket });
  stdout.write(`Starting to serve on ${where}\n`);
  await new Promise<void>((resolve) => onAbort(ctx.signal, resolve));
  server.close();
}

const withSlash = (prefix: string): string => (prefix.endsWith('/') ? prefix : `${prefix}/`);

/** Regular expressions, separated by commas. */
function patterns(text: string): RegExp[] {
  if (text === '') return [];
  return text.split(',').map((source) => {
    try {
      return compileGo(source);
    } catch (error) {
      throw new PlainError(klogLine('F', 'proxy_server.go:83', `Error compiling re: ${textOf(error)}`), 255);
    }
  });
}

function checkFolder(folder: string, warn: (line: number, text: string) => void): void {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (!stats) warn(200, `Failed to stat static file directory ${folder}: stat ${folder}: no such file or directory`);
  else if (!stats.isDirectory()) warn(202, `Static file directory ${folder} is not a directory`);
}
