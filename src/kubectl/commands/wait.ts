/** kubectl wait (kubectl pkg/cmd/wait). */
import type { KubeObject } from '../../api/object.ts';
import { isNotFound, notFound } from '../../api/status.ts';
import { findResources, LOCAL_RESOURCE } from '../builder/builder.ts';
import type { ResourceQuery } from '../builder/query.ts';
import type { Info } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, filterOut, throwCollected } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { ignoringPrintFaults, objectPrinter, printFlags } from '../shared/print-flags.ts';
import { FOREVER_MS, pause, until, untilGone, WaitTimeout } from '../shared/until.ts';
import { allNamespacesFlags, fieldSelectorFlags, selectorFlags } from '../shared/write-flags.ts';

const waitFlags = {
  ...printFlags,
  filename: filenameFlags.filename,
  ...selectorFlags,
  ...fieldSelectorFlags,
  ...allNamespacesFlags,
  recursive: { ...filenameFlags.recursive, default: true },
  all: { type: 'bool', default: false, description: 'Wait for all objects of the types, in the namespace.' },
  local: { type: 'bool', default: false, description: 'Look at the manifests alone; no server is asked.' },
  for: { type: 'string', default: '', description: "What to wait for: create, delete, condition=NAME[=VALUE] (VALUE is true by default, in any case of letters), or jsonpath='{EXPRESSION}'[=VALUE]." },
  timeout: { type: 'duration', default: 30_000, description: 'How long to wait. Zero looks once; negative waits for a week.' },
} as const;

export const command = defineCommand({
  name: 'wait',
  usage: "wait ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]",
  short: 'Experimental: Wait for a specific condition on one or many resources',
  long: `Experimental: Wait for a specific condition on one or many resources.

 All objects named must come to have the condition; each is reported when it does. Instead of a condition, --for=create waits until they exist and --for=delete until they are gone.`,
  examples: `# Until a pod is ready
kubectl wait --for=condition=Ready pod/busybox1

# Until it is not
kubectl wait --for=condition=Ready=false pod/busybox1

# Until it runs
kubectl wait --for=jsonpath='{.status.phase}'=Running pod/busybox1

# Until it is gone, for a minute at most
kubectl wait --for=delete pod/busybox1 --timeout=60s`,
  flags: waitFlags,
  run: runWait,
});

/** Whether an object is as it is waited for; undefined stands for no object. */
type Check = (object: KubeObject) => boolean | Promise<boolean>;

type Condition = { readonly kind: 'create' } | { readonly kind: 'delete' } | { readonly kind: 'check'; readonly check: Check };

async function conditionOf(text: string): Promise<Condition> {
  const lower = text.toLowerCase();
  if (lower === 'delete') return { kind: lower };
  if (lower === 'create') return { kind: lower };
  if (text.startsWith('condition=')) return { kind: 'check', check: statusCondition(text.slice('condition='.length)) };
  if (text.startsWith('jsonpath=')) return { kind: 'check', check: await jsonPathCondition(text.slice('jsonpath='.length)) };
  throw new CommandError(`unrecognized condition: ${JSON.stringify(text)}`);
}

interface ConditionLike {
  readonly type?: unknown;
  readonly status?: unknown;
  readonly observedGeneration?: unknown;
}

/** Simple case folding, near enough to Go's EqualFold for what conditions are called. */
const equalFold = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function statusCondition(text: string): Check {
  const equals = text.indexOf('=');
  const [name, wanted] = equals < 0 ? [text, 'true'] : [text.slice(0, equals), text.slice(equals + 1)];
  return (object) => {
    const status = (object as { status?: { conditions?: unknown; observedGeneration?: unknown } }).status;
    if (!Array.isArray(status?.conditions)) return false;
    for (const condition of status.conditions as ConditionLike[]) {
      if (typeof condition.type !== 'string' || !equalFold(condition.type, name) || typeof condition.status !== 'string') continue;
      const { generation } = object.metadata ?? {};
      const observed = condition.observedGeneration ?? status.observedGeneration;
      if (generation !== undefined && typeof observed === 'number' && observed < generation) return false;
      return equalFold(condition.status, wanted);
    }
    return false;
  };
}

/** Splits at single "="; a double one belongs to the expression (wait.go: splitJSONPathInput). */
function splitAtEquals(input: string): string[] {
  const parts = [''];
  for (let i = 0; i < input.length; i++) {
    if (input[i] !== '=') parts[parts.length - 1] += input.charAt(i);
    else if (input[i + 1] === '=') {
      parts[parts.length - 1] += '==';
      i++;
    } else parts.push('');
  }
  return parts;
}

async function jsonPathCondition(input: string): Promise<Check> {
  const { JsonPath, relaxedJsonPath } = await import('../../api/jsonpath/jsonpath.ts');
  const parts = splitAtEquals(input);
  if (parts.length > 2) throw new CommandError("jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'");
  const expression = relaxedJsonPath(parts[0] ?? '');
  const wanted = parts[1]?.replace(/^['"]+|['"]+$/g, '');
  if (wanted === '') throw new CommandError("jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3");
  if (expression === '') throw new CommandError('jsonpath expression cannot be empty');
  const path = new JsonPath(expression, { allowMissingKeys: true });
  return (object) => {
    const results = path.find(object);
    const [first] = results;
    if (!first || first.length === 0) return false;
    if (results.length > 1) throw new CommandError('given jsonpath expression matches more than one list');
    if (first.length > 1) throw new CommandError('given jsonpath expression matches more than one value');
    if (wanted === undefined) return true;
    const [value] = first;
    if (typeof value === 'object' && value !== null) throw new CommandError('jsonpath leads to a nested object or list which is not supported');
    return (value === null ? '<nil>' : String(value)).trim() === wanted.trim();
  };
}

async function runWait(ctx: CommandContext, args: readonly string[], flags: Flags<typeof waitFlags>): Promise<void> {
  const { values } = flags;
  const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, 'condition met');
  const condition = await conditionOf(values.for);
  if (values.local && args.length > 0) throw new CommandError(LOCAL_RESOURCE);
  const timeoutMs = values.timeout < 0 ? FOREVER_MS : values.timeout;
  const deadlineMs = Date.now() + timeoutMs;
  const query: ResourceQuery = {
    files: filenameOptions(flags),
    args,
    namespace: await ctx.namespace(),
    enforceNamespace: ctx.namespaceGiven,
    allNamespaces: values['all-namespaces'],
    labelSelector: values.selector,
    fieldSelector: values['field-selector'],
    typeSelectsAll: values.all,
    local: values.local,
    latest: true,
    continueOnError: true,
  };
  if (condition.kind === 'create') await untilCreated(ctx, query, deadlineMs);
  const { infos, error: missing } = await (await findResources(ctx, query)).collect();
  const faults: unknown[] = [];
  for (const info of infos) {
    try {
      await waitFor(ctx, info, condition, deadlineMs, timeoutMs === 0);
      const { object } = info;
      if (object) ignoringPrintFaults(() => printer.print(object));
    } catch (error) {
      faults.push(error instanceof WaitTimeout ? new CommandError(`${error.message} on ${info.resource.plural}/${info.name}`) : error);
    }
  }
  const left = condition.kind === 'delete' ? filterOut(missing, isNotFound) : missing;
  throwCollected(left === undefined ? faults : [...faults, left]);
  if (infos.length === 0 && condition.kind !== 'delete') throw new CommandError('no matching resources found');
}

/** Between two looks for objects that are not there yet, ms, as upstream. */
const CREATE_POLL_MS = 500;

async function untilCreated(ctx: CommandContext, query: ResourceQuery, deadlineMs: number): Promise<void> {
  for (;;) {
    const { infos, error } = await (await findResources(ctx, query)).collect();
    // Of several objects, and of files, upstream does not see that all that is wrong is that they are not there.
    if (error !== undefined && !isNotFound(error)) throw error;
    if (infos.length > 0 && error === undefined) return;
    if (!(await pause(ctx, deadlineMs, CREATE_POLL_MS))) throw new CommandError('timed out waiting for the condition');
  }
}

async function waitFor(ctx: CommandContext, info: Info, condition: Condition, deadlineMs: number, once: boolean): Promise<void> {
  if (info.name === '') throw new CommandError('resource name must be provided');
  if (condition.kind === 'create') return;
  const uid = info.object?.metadata?.uid;
  const target = { resource: info.resource, namespace: info.namespace, name: info.name, deadlineMs };
  const unmet = (): CommandError => new CommandError(`condition not met for ${objectName(info)}`);
  if (condition.kind === 'delete') {
    const replaced = (object: KubeObject): boolean => {
      if (uid !== undefined && object.metadata?.uid !== uid) return true;
      if (once) throw unmet();
      return false;
    };
    return untilGone(ctx, { ...target, replaced });
  }
  const done = async (object: KubeObject | undefined): Promise<boolean> => {
    if (!object) throw notFound(info.resource, info.name);
    const met = await condition.check(object);
    if (!met && once) throw unmet();
    return met;
  };
  await until(ctx, { ...target, done });
}

/** "pods/web" (Info.ObjectName). */
const objectName = (info: Info): string => `${info.resource.plural}/${info.name}`;
