/** `kubectl run` (kubectl pkg/generate/versioned/run.go: BasicPod). */
import { goQuote } from '../../api/quote.ts';
import { CommandError } from '../errors.ts';
import { envNameErrors } from './data-sources.ts';
import { newMeta, optional, type Generated, type StringMap } from './object.ts';

export interface PodRequest {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  /** "a=b,c=d"; '' for run=NAME. */
  readonly labels: string;
  readonly annotations: readonly string[];
  readonly env: readonly string[];
  readonly port: string;
  readonly args: readonly string[];
  /** args are the command, not its arguments. */
  readonly command: boolean;
  readonly restart: string;
  readonly stdin: boolean;
  readonly leaveStdinOpen: boolean;
  readonly tty: boolean;
  readonly privileged: boolean;
}

export function newPod(request: PodRequest): Generated {
  const { name, image, stdin, tty, privileged } = request;
  const env = request.env.map(parseEnv);
  const annotations = parsePairs(request.annotations, 'annotations');
  const labels = request.labels === '' ? { run: name } : parseLabels(request.labels);
  const port = request.port === '' ? undefined : parsePort(request.port);
  const container = {
    name,
    image,
    ...(request.args.length === 0 ? {} : { [request.command ? 'command' : 'args']: request.args }),
    ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
    ...optional('env', env),
    resources: {},
    ...optional('imagePullPolicy', request.imagePullPolicy),
    ...(privileged ? { securityContext: { privileged } } : {}),
    ...optional('stdin', stdin),
    ...optional('stdinOnce', stdin && !request.leaveStdinOpen),
    ...optional('tty', tty),
  };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: newMeta(name, '', { labels, annotations }),
    spec: { containers: [container], restartPolicy: request.restart || 'Always', dnsPolicy: 'ClusterFirst' },
    status: {},
  };
}

/** strconv.Atoi. */
export function parsePort(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new CommandError(`strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`);
  if (BigInt(text.replace(/^\+/, '')) > 2n ** 63n - 1n) throw new CommandError(`strconv.Atoi: parsing ${goQuote(text)}: value out of range`);
  return Number(text) | 0;
}

function parseEnv(text: string): { readonly name: string; readonly value?: string } {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(0, equals));
  if (equals < 0 || name === '' || envNameErrors(name).length > 0) throw new CommandError(`invalid env: ${text}`);
  return { name, ...optional('value', text.slice(equals + 1)) };
}

function parsePairs(texts: readonly string[], what: string): StringMap {
  const pairs: StringMap = {};
  const invalid: string[] = [];
  for (const text of texts) {
    const equals = text.indexOf('=');
    if (equals > 0) pairs[text.slice(0, equals)] = text.slice(equals + 1);
    else invalid.push(text);
  }
  if (invalid.length > 0) throw new CommandError(`invalid ${what} format: ${invalid.join(', ')}`);
  return pairs;
}

/** "a=b,c=d" (generate.ParseLabels). */
export function parseLabels(text: string): StringMap {
  if (text === '') throw new CommandError('no label spec passed');
  const labels: StringMap = {};
  for (const pair of text.split(',')) {
    const [key = '', value, ...rest] = pair.split('=');
    if (value === undefined || rest.length > 0) throw new CommandError(`unexpected label spec: ${pair}`);
    if (key === '') throw new CommandError('unexpected empty label key');
    labels[key] = value;
  }
  return labels;
}
