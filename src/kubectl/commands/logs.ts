/** kubectl logs (kubectl pkg/cmd/logs/logs.go). */
import { PODS } from '../../api/kinds.ts';
import { goQuote } from '../../api/quote.ts';
import { isNotFound } from '../../api/status.ts';
import { findResources } from '../builder/builder.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, textOf, usageError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { selectorFlags } from '../shared/write-flags.ts';
import { logSources, podSources, type LogSource, type LogWish } from './logs/requests.ts';

const logsFlags = {
  ...selectorFlags,
  'all-containers': { type: 'bool', default: false, description: 'All containers of the pods.' },
  'all-pods': { type: 'bool', default: false, description: 'All pods. Lines are prefixed then.' },
  container: { type: 'string', default: '', short: 'c', description: 'The logs of this container.' },
  follow: { type: 'bool', default: false, short: 'f', description: 'Go on printing what is logged.' },
  'ignore-errors': { type: 'bool', default: false, description: 'Go on with the other logs where one fails.' },
  'insecure-skip-tls-verify-backend': { type: 'bool', default: false, description: "Do not check the kubelet's certificate. Whoever stands between could then send anything." },
  'limit-bytes': { type: 'int', default: 0, description: 'How many bytes to print at most; 0 for all.' },
  'max-log-requests': { type: 'int', default: 5, description: 'How many logs may be followed at once.' },
  'pod-running-timeout': { type: 'duration', default: 20_000, description: 'How long to wait until at least one pod is there (5s, 2m, 3h).' },
  prefix: { type: 'bool', default: false, description: 'Begin each line with its pod and container.' },
  previous: { type: 'bool', default: false, short: 'p', description: 'The logs of the container before its last restart.' },
  since: { type: 'duration', default: 0, description: 'Only what is newer than this (5s, 2m, 3h). Not with --since-time.' },
  'since-time': { type: 'string', default: '', description: 'Only what is newer than this moment (RFC3339). Not with --since.' },
  tail: { type: 'int', default: -1, description: 'How many of the last lines to print. -1 prints all; with a selector the default is 10.' },
  timestamps: { type: 'bool', default: false, description: 'Begin each line with its time.' },
} as const;

const USAGE = 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]';
const ARGUMENT_MISSING = `expected '${USAGE}'.\nPOD or TYPE/NAME is a required argument for the logs command`;
const SELECTOR_TAIL = 10;

export const command = defineCommand({
  name: 'logs',
  usage: USAGE,
  short: 'Print the logs for a container in a pod',
  long: 'Print what a container of a pod has logged. The container need not be named where the pod has one only; the pod may be one of a workload.',
  examples: `# A pod's logs, and each line with its source
kubectl logs nginx
kubectl logs nginx --prefix

# At most 500 bytes; the last 20 lines; the last hour
kubectl logs nginx --limit-bytes=500
kubectl logs --tail=20 nginx
kubectl logs --since=1h nginx

# All containers of a pod; of all pods with a label
kubectl logs nginx --all-containers=true
kubectl logs -l app=nginx --all-containers=true

# All pods of a deployment; one container of one of its pods
kubectl logs deployment/nginx --all-pods=true
kubectl logs deployment/nginx -c nginx-1

# What a container logged before it was restarted
kubectl logs -p -c ruby web-1

# Go on printing
kubectl logs -f -c ruby web-1`,
  flags: logsFlags,
  run: runLogs,
});

type LogFlags = Flags<typeof logsFlags>;

async function runLogs(ctx: CommandContext, args: readonly string[], flags: LogFlags): Promise<void> {
  const { values } = flags;
  if ((args.length === 0 && values.selector === '') || args.length > 2) throw usageError(ctx, ARGUMENT_MISSING);
  if (args.length === 1 && values.selector !== '') throw usageError(ctx, 'only a selector (-l) or a POD name is allowed');
  if (values['pod-running-timeout'] <= 0) throw new CommandError('--pod-running-timeout must be higher than zero');
  const query = await optionsOf(flags);
  const container = args[1] ?? values.container;
  const wish: LogWish = { container, allContainers: values['all-containers'], allPods: values['all-pods'], timeoutMs: values['pod-running-timeout'] };
  const find = await objectsOf(ctx, args[0], values.selector);
  validate(flags, args, container);
  const sources = await find(wish);
  if (values.follow && sources.length > values['max-log-requests'] && sources.length > 1) {
    throw new CommandError(`you are attempting to follow ${sources.length} log streams, but maximum allowed concurrency is ${values['max-log-requests']}, use --max-log-requests to increase the limit`);
  }
  const print = (source: LogSource, signal: AbortSignal): Promise<void> => printLog(ctx, source, { ...query, container: source.container }, values.prefix || values['all-pods'], values['ignore-errors'], signal);
  if (values.follow && sources.length > 1) return together(ctx, sources, print);
  for (const source of sources) await print(source, ctx.signal);
}

/** Finds the named object, or the selected pods, at once; their logs' sources when they are asked for. */
async function objectsOf(ctx: CommandContext, argument: string | undefined, selector: string): Promise<(wish: LogWish) => Promise<LogSource[]>> {
  const namespace = await ctx.namespace();
  if (selector !== '') {
    const { items } = await (await ctx.client()).of(PODS).list(namespace, { labelSelector: selector });
    if (items.length === 0) ctx.streams.stderr.write(`No resources found in ${namespace} namespace.\n`);
    return (wish) => Promise.resolve(items.flatMap((pod) => podSources(ctx, pod, wish)));
  }
  try {
    const found = await findResources(ctx, { args: argument ? [argument] : [], defaultType: 'pods', namespace, singleType: true });
    const [info] = await found.infos();
    const object = info?.object;
    if (!object) throw new CommandError('expected a resource');
    return (wish) => logSources(ctx, object, wish);
  } catch (error) {
    throw isNotFound(error) ? new CommandError(`error from server (NotFound): ${textOf(error)} in namespace ${goQuote(namespace)}`) : error;
  }
}

/** PodLogOptions as query parameters. */
async function optionsOf(flags: LogFlags): Promise<Record<string, string>> {
  const { values } = flags;
  const query: Record<string, string> = {};
  for (const name of ['follow', 'previous', 'timestamps'] as const) if (values[name]) query[name] = 'true';
  if (values['insecure-skip-tls-verify-backend']) query['insecureSkipTLSVerifyBackend'] = 'true';
  if (values['since-time'] !== '') {
    const { readTime } = await import('../../api/decode/go-time.ts');
    const read = readTime(values['since-time'], false);
    if ('error' in read) throw new CommandError(read.error);
    query['sinceTime'] = String(read.time);
  }
  if (values['limit-bytes'] !== 0) query['limitBytes'] = String(values['limit-bytes']);
  if (values.since !== 0) query['sinceSeconds'] = String(roundSeconds(values.since));
  if (values.selector !== '' && values.tail === -1 && !flags.changed('tail')) query['tailLines'] = String(SELECTOR_TAIL);
  else if (values.tail !== -1) query['tailLines'] = String(values.tail);
  return query;
}

/** Milliseconds to the nearest second, halves away from zero. */
const roundSeconds = (ms: number): number => Math.sign(ms) * Math.round(Math.abs(ms) / 1000);

function validate(flags: LogFlags, args: readonly string[], container: string): void {
  const { values } = flags;
  if (values['since-time'] !== '' && values.since !== 0) throw new CommandError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  if (values['all-containers'] && container !== '') throw new CommandError(`--all-containers=true should not be specified with container name ${container}`);
  if (flags.changed('container') && args.length === 2) throw new CommandError('only one of -c or an inline [CONTAINER] arg is allowed');
  if (values['limit-bytes'] < 0) throw new CommandError('--limit-bytes must be greater than 0');
  if (roundSeconds(values.since) < 0) throw new CommandError('--since must be greater than 0');
  if (values.tail < -1) throw new CommandError('--tail must be greater than or equal to -1');
}

/** Follows several logs at once; the first that fails ends all. */
async function together(ctx: CommandContext, sources: readonly LogSource[], print: (source: LogSource, signal: AbortSignal) => Promise<void>): Promise<void> {
  const others = new AbortController();
  const signal = AbortSignal.any([ctx.signal, others.signal]);
  try {
    await Promise.all(sources.map((source) => print(source, signal)));
  } finally {
    others.abort();
  }
}

/** Prints one log, line by line, so that several can be printed side by side. */
async function printLog(ctx: CommandContext, source: LogSource, query: Record<string, string>, prefixed: boolean, ignoreErrors: boolean, signal: AbortSignal): Promise<void> {
  const { namespace, pod, container } = source;
  const { stdout } = ctx.streams;
  const prefix = prefixed ? `[pod/${pod}/${container}] ` : '';
  let rest = '';
  const write = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) stdout.write(lines.map((line) => `${prefix}${line}\n`).join(''));
  };
  try {
    const { transport, identity } = await ctx.client();
    await transport.stream({ ...identity, verb: 'get', group: '', version: 'v1', resource: 'pods', subresource: 'log', namespace, name: pod, options: { query } }, write, signal);
    if (rest !== '') stdout.write(prefix + rest);
  } catch (error) {
    if (rest !== '') stdout.write(prefix + rest);
    if (!ignoreErrors) throw error;
    stdout.write(`error: ${textOf(error)}\n`);
  }
}
