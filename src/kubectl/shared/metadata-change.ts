/** What `label` and `annotate` have in common: finding the objects, changing their metadata, sending the change. */
import { draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { parseApiVersion } from '../../api/resource.ts';
import { findResources, type FoundResources } from '../builder/builder.ts';
import { objectOf, type Info, type UnstructuredObject } from '../builder/info.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { compareBytes } from '../../api/go-json.ts';
import { dryRunFlags, type DryRun } from './dry-run.ts';
import { filenameFlags, filenameOptions } from './filename-flags.ts';
import { printFlags } from './print-flags.ts';
import { recordFlags } from './record.ts';
import { allNamespacesFlags, fieldSelectorFlags, selectorFlags } from './write-flags.ts';

/** The flags of both; `what` is "labels" or "annotations". */
export const metadataFlags = (what: string) =>
  ({
    ...printFlags,
    ...recordFlags,
    ...filenameFlags,
    ...selectorFlags,
    ...fieldSelectorFlags,
    ...allNamespacesFlags,
    ...dryRunFlags,
    all: { type: 'bool', default: false, description: 'Change all objects of the types, in the namespace.' },
    list: { type: 'bool', default: false, description: `Show the ${what} of the objects.` },
    local: { type: 'bool', default: false, description: 'Only change the manifests and print them; no server is asked.' },
    overwrite: { type: 'bool', default: false, description: `Allow to overwrite ${what} that are there with another value.` },
    'resource-version': { type: 'string', default: '', description: 'Change the object only if this is its resource version. For a single object.' },
  }) as const;

export type MetadataFlags = Flags<ReturnType<typeof metadataFlags>>;

/** The checks that both make; `example` is how the errors call a manifest. */
export function checkTargets(flags: MetadataFlags, resources: readonly string[], dryRun: DryRun, example: string): void {
  const { values } = flags;
  const noFiles = values.filename.length === 0 && values.kustomize === '';
  if (!values.local) {
    if (resources.length < 1 && noFiles) throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    return;
  }
  if (dryRun === 'server') throw new CommandError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  if (resources.length > 0) throw new CommandError(`can only use local files by -f ${example}.yaml or --filename=${example}.json when --local=true is set`);
  if (noFiles) throw new CommandError(`one or more files must be specified as -f ${example}.yaml or --filename=${example}.json`);
}

export async function findTargets(ctx: CommandContext, flags: MetadataFlags, resources: readonly string[]): Promise<FoundResources> {
  const { values } = flags;
  const found = await findResources(ctx, {
    files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>),
    namespace: await ctx.namespace(),
    enforceNamespace: ctx.namespaceGiven,
    continueOnError: true,
    ...(values.local
      ? { local: true }
      : { args: resources, labelSelector: values.selector, fieldSelector: values['field-selector'], allNamespaces: values['all-namespaces'], typeSelectsAll: values.all, latest: true }),
  });
  if (!found.singleItem && values['resource-version'] !== '') throw new CommandError('--resource-version may only be used with a single resource');
  return found;
}

/** Sends what changed in the object since `before` as a merge patch. */
export async function sendMergePatch(ctx: CommandContext, info: Info, before: object, fieldManager: string, dryRun: DryRun): Promise<UnstructuredObject> {
  const { createMergePatch } = await import('../../api/patch/index.ts');
  const patch = createMergePatch({ ...before }, { ...objectOf(info) });
  const api = (await ctx.client()).of<KubeObject>(info.resource);
  const answer = await api.patch(info.namespace || undefined, info.name, patch, 'merge', { fieldManager, ...(dryRun === 'server' ? { dryRun: true } : {}) });
  const { apiVersion, kind } = objectOf(info);
  return Object.assign({ apiVersion, kind }, answer) as UnstructuredObject;
}

/** Prepares an object for a change that must meet a resource version: the patch then carries it. Returns the state before. */
export function beforeChange(object: UnstructuredObject, resourceVersion: string): object {
  if (resourceVersion !== '' && object.metadata) delete object.metadata.resourceVersion;
  return draft(object);
}

/** Prints KEY=VALUE lines; several objects have titles. Throws where a title cannot tell the object's group. */
export function listEntries(ctx: CommandContext, what: 'labels' | 'annotations', object: UnstructuredObject, single: boolean): void {
  const { stdout } = ctx.streams;
  const entries = object.metadata?.[what] ?? {};
  const { apiVersion = '' } = object;
  if (!single && apiVersion === '') throw new CommandError("Object 'apiVersion' is missing in 'object has no apiVersion field'");
  if (!single) stdout.write(`Listing ${what} for ${object.kind ?? ''}.${parseApiVersion(apiVersion).group}/${object.metadata?.name ?? ''}:\n`);
  for (const key of Object.keys(entries).sort(compareBytes)) stdout.write(`${single ? '' : ' '}${key}=${entries[key] ?? ''}\n`);
}

/** "'a' already has a value (b)" for each entry that would be overwritten. */
export function overwritten(current: Readonly<Record<string, string>>, wanted: ReadonlyMap<string, string>): string[] {
  return [...wanted].filter(([key, value]) => Object.hasOwn(current, key) && current[key] !== value).map(([key]) => `'${key}' already has a value (${current[key] ?? ''})`);
}

/** label "x" not found. */
export const notFoundLine = (what: string, key: string): string => `${what} ${goQuote(key)} not found.\n`;
