/** kubectl patch (kubectl pkg/cmd/patch/patch.go). */
import { readFileSync } from 'node:fs';
import { toJson } from '../../api/go-json.ts';
import { equal, type JsonValue } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { PatchType } from '../../api/request.ts';
import { goQuote } from '../../api/quote.ts';
import { badRequest, StatusError } from '../../api/status.ts';
import { findResources } from '../builder/builder.ts';
import { systemText } from '../builder/files.ts';
import { objectOf, type Info, type UnstructuredObject } from '../builder/info.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError, textOf } from '../errors.ts';
import type { Flags } from '../flags.ts';
import { dryRunFlags, dryRunOf } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import type { ReadPatch } from '../shared/local-patch.ts';
import { objectPrinter, printFlags } from '../shared/print-flags.ts';
import { CHANGE_CAUSE, changeCause, recordFlags } from '../shared/record.ts';
import { fieldManagerFlags } from '../shared/write-flags.ts';

const TYPES = ['json', 'merge', 'strategic'];
const UNSUPPORTED_MEDIA_TYPE = 415;

export const patchFlags = {
  ...printFlags,
  ...filenameFlags,
  ...dryRunFlags,
  ...fieldManagerFlags('kubectl-patch'),
  ...recordFlags,
  local: { type: 'bool', default: false, description: 'Patch what the file says, and not what the server has.' },
  patch: { type: 'string', default: '', short: 'p', description: 'The patch, in JSON or YAML.' },
  'patch-file': { type: 'string', default: '', description: 'File with the patch.' },
  subresource: { type: 'string', default: '', description: 'Patch this subresource.' },
  type: { type: 'string', default: 'strategic', description: `Type of the patch: one of [${TYPES.join(' ')}]` },
} as const;

export const command = defineCommand({
  name: 'patch',
  usage: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  short: 'Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.',
  long: `Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.

 The patch is JSON or YAML. Custom resources know no strategic merge patch.`,
  examples: `# JSON
kubectl patch node k8s-node-1 -p '{"spec":{"unschedulable":true}}'

# YAML
kubectl patch node k8s-node-1 -p $'spec:\\n unschedulable: true'

# What a manifest names
kubectl patch -f node.json -p '{"spec":{"unschedulable":true}}'

# A container's image; containers are told apart by their name
kubectl patch pod valid-pod -p '{"spec":{"containers":[{"name":"kubernetes-serve-hostname","image":"new image"}]}}'

# A JSON patch, with positions
kubectl patch pod valid-pod --type='json' -p='[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]'

# The scale subresource
kubectl patch deployment nginx-deployment --subresource='scale' --type='merge' -p '{"spec":{"replicas":2}}'`,
  flags: patchFlags,
  run: patch,
});

async function patch(ctx: CommandContext, args: readonly string[], flags: Flags<typeof patchFlags>): Promise<void> {
  const { values } = flags;
  const dryRun = dryRunOf(flags as unknown as Flags<typeof dryRunFlags>, (line) => ctx.streams.stderr.write(`${line}\n`));
  const namespace = await ctx.namespace();
  if (values.patch !== '' && values['patch-file'] !== '') throw new CommandError('cannot specify --patch and --patch-file together');
  if (values.patch === '' && values['patch-file'] === '') throw new CommandError('must specify --patch or --patch-file containing the contents of the patch');
  if (values.local && args.length > 0) throw new CommandError('cannot specify --local and server resources');
  if (values.local && dryRun === 'server') throw new CommandError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  const type = (values.type === '' ? 'strategic' : values.type.toLowerCase()) as PatchType;
  if (!TYPES.includes(type)) throw new CommandError(`--type must be one of [${TYPES.join(' ')}], not ${goQuote(values.type)}`);
  const body = await patchOf(values.patch, values['patch-file']);
  const found = await findResources(ctx, {
    files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>), args, namespace, enforceNamespace: ctx.namespaceGiven, continueOnError: true, local: values.local,
    ...(values.subresource === '' ? {} : { subresource: values.subresource }),
  });
  let count = 0;
  await found.visit(async (info) => {
    count++;
    const before = objectOf(info);
    const after = values.local || dryRun === 'client' ? await patchHere(info, body, type) : await patchThere(ctx, info, body, type, values, dryRun === 'server');
    // patch alone says nothing of --dry-run: the operation is named after the suffix was put on.
    const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, equal(before, after) ? 'patched (no change)' : 'patched');
    printer.print(after);
  });
  if (count === 0) throw new CommandError('no objects passed to patch');
}

async function patchOf(text: string, file: string): Promise<ReadPatch> {
  let content = text;
  if (file !== '') {
    try {
      content = readFileSync(file, 'utf8');
    } catch (error) {
      throw new CommandError(`unable to read patch file: ${systemText(error, file)}`);
    }
  }
  const { readPatch } = await import('../shared/local-patch.ts');
  try {
    return await readPatch(content);
  } catch (error) {
    throw new CommandError(`unable to parse ${goQuote(text)}: ${textOf(error)}`);
  }
}

async function patchThere(ctx: CommandContext, info: Info, patch: ReadPatch, type: PatchType, values: Flags<typeof patchFlags>['values'], dryRun: boolean): Promise<KubeObject> {
  const { resource, namespace, name } = info;
  // What begins as JSON goes to the server as it is. This is its answer to JSON that is none.
  if ('fault' in patch) throw badRequest(type === 'strategic' ? patch.fault : `error decoding patch: ${patch.fault}`);
  const client = await ctx.client();
  const send = (body: unknown, as: PatchType): Promise<KubeObject> =>
    client.of<KubeObject>(resource).patch(namespace || undefined, name, body, as, { fieldManager: values['field-manager'], ...(dryRun ? { dryRun: true } : {}), ...(values.subresource === '' ? {} : { subresource: values.subresource }) });
  let patched: KubeObject;
  try {
    patched = await send(patch.value, type);
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== UNSUPPORTED_MEDIA_TYPE) throw error;
    const { PATCH_CONTENT_TYPES } = await import('../../api/request.ts');
    throw new CommandError(`${PATCH_CONTENT_TYPES[type]} is not supported by ${resource.group}/${resource.version}, Kind=${resource.kind}: ${error.message}`);
  }
  if (!values.record) return patched;
  // The cause is a second patch; the first one stands where it fails.
  return send({ metadata: { annotations: { [CHANGE_CAUSE]: changeCause(ctx, patchFlags) } } }, 'merge').catch(() => patched);
}

/** Without the server: the object with the patch applied. */
async function patchHere(info: Info, body: ReadPatch, type: PatchType): Promise<KubeObject> {
  const { patchLocally } = await import('../shared/local-patch.ts');
  const object = objectOf(info);
  if (type === 'strategic') {
    const { schemaForKind } = await import('../../api/patch/index.ts');
    const { group, version, kind } = info.resource;
    const schema = schemaForKind((object as UnstructuredObject).apiVersion ?? '', object.kind ?? '');
    if (!schema) throw new CommandError(`strategic merge patch is not supported for ${group}/${version}, Kind=${kind} locally, try --type merge`);
  }
  let patched: JsonValue;
  try {
    patched = await patchLocally(object, body, type);
  } catch (error) {
    const missing = error instanceof CommandError ? /doc is missing key: (.*)$/.exec(error.message)?.[1] : undefined;
    throw missing === undefined ? error : new CommandError(`Object to be patched is missing field (${missing})`);
  }
  const { decodeUnstructured } = await import('../builder/decode.ts');
  return decodeUnstructured(patched, () => toJson(patched, 'sorted', '')) as KubeObject;
}
