/** kubectl patch (kubectl pkg/cmd/patch/patch.go). */
import { readFileSync } from 'node:fs';
import { equal, isObject } from '../../api/json.ts';
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
import { dryRunFlags, dryRunOf, dryRunSuffix } from '../shared/dry-run.ts';
import { filenameFlags, filenameOptions } from '../shared/filename-flags.ts';
import { objectPrinter, printFlags } from '../shared/print-flags.ts';
import { fieldManagerFlags } from '../shared/write-flags.ts';

const TYPES = ['json', 'merge', 'strategic'];
const UNSUPPORTED_MEDIA_TYPE = 415;

export const patchFlags = {
  ...printFlags,
  ...filenameFlags,
  ...dryRunFlags,
  ...fieldManagerFlags('kubectl-patch'),
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
  const body = await readPatch(values.patch, values['patch-file'], type);
  const found = await findResources(ctx, {
    files: filenameOptions(flags as unknown as Flags<typeof filenameFlags>), args, namespace, enforceNamespace: ctx.namespaceGiven, continueOnError: true, local: values.local,
    ...(values.subresource === '' ? {} : { subresource: values.subresource }),
  });
  let count = 0;
  await found.visit(async (info) => {
    count++;
    const before = objectOf(info);
    const after = values.local || dryRun === 'client' ? await patchHere(info, body, type) : await patchThere(ctx, info, body, type, values, dryRun === 'server');
    const printer = await objectPrinter(ctx, flags as unknown as Flags<typeof printFlags>, `${equal(before, after) ? 'patched (no change)' : 'patched'}${dryRunSuffix(dryRun)}`);
    printer.print(after);
  });
  if (count === 0) throw new CommandError('no objects passed to patch');
}

/** The patch; for malformed JSON the error that sending it ends with. */
async function readPatch(text: string, file: string, type: PatchType): Promise<unknown> {
  let content = text;
  if (file !== '') {
    try {
      content = readFileSync(file, 'utf8');
    } catch (error) {
      throw new CommandError(`unable to read patch file: ${systemText(error, file)}`);
    }
  }
  try {
    return JSON.parse(content);
  } catch {
    if (/^\s*\{/.test(content)) return brokenJson(content, type);
    const { readYaml } = await import('../builder/yaml-reader.ts');
    try {
      return readYaml(content) ?? null;
    } catch (error) {
      throw new CommandError(`unable to parse ${goQuote(text)}: ${textOf(error)}`);
    }
  }
}

/** What begins as JSON goes to the server as it is. This is its answer to JSON that is none. */
async function brokenJson(text: string, type: PatchType): Promise<StatusError> {
  const { JsonError, readJsonStream } = await import('../builder/json-reader.ts');
  let message = 'unexpected end of JSON input';
  try {
    for (const { raw } of readJsonStream(text)) void raw;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    if (error.message !== 'unexpected EOF') ({ message } = error);
  }
  return badRequest(type === 'strategic' ? message : `error decoding patch: ${message}`);
}

async function patchThere(ctx: CommandContext, info: Info, body: unknown, type: PatchType, values: Flags<typeof patchFlags>['values'], dryRun: boolean): Promise<KubeObject> {
  const { resource, namespace, name } = info;
  if (body instanceof StatusError) throw body;
  const client = await ctx.client();
  try {
    return await client.of<KubeObject>(resource).patch(namespace || undefined, name, body, type, {
      fieldManager: values['field-manager'], ...(dryRun ? { dryRun: true } : {}), ...(values.subresource === '' ? {} : { subresource: values.subresource }),
    });
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== UNSUPPORTED_MEDIA_TYPE) throw error;
    const { PATCH_CONTENT_TYPES } = await import('../../api/request.ts');
    throw new CommandError(`${PATCH_CONTENT_TYPES[type]} is not supported by ${resource.group}/${resource.version}, Kind=${resource.kind}: ${error.message}`);
  }
}

/** Without the server: the object with the patch applied. */
async function patchHere(info: Info, body: unknown, type: PatchType): Promise<KubeObject> {
  const { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, schemaForKind, PatchError } = await import('../../api/patch/index.ts');
  if (body instanceof StatusError) throw new CommandError(malformed(body, type));
  const unfit = misfit(body, type);
  if (unfit !== undefined) throw new CommandError(unfit);
  const object = objectOf(info);
  const { group, version, kind } = info.resource;
  try {
    return patched();
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    const missing = /doc is missing key: (.*?)(?:: .*)?$/.exec(error.message)?.[1];
    throw new CommandError(missing === undefined ? error.message : `Object to be patched is missing field (${missing})`);
  }

  function patched(): KubeObject {
    if (type === 'json') return applyJsonPatch(object, (body ?? []) as Parameters<typeof applyJsonPatch>[1]) as KubeObject;
    if (type === 'merge') return applyMergePatch(object, body as never) as KubeObject;
    const schema = schemaForKind((object as UnstructuredObject).apiVersion ?? '', object.kind ?? '');
    if (!schema) throw new CommandError(`strategic merge patch is not supported for ${group}/${version}, Kind=${kind} locally, try --type merge`);
    return applyStrategicMergePatch(object, (body ?? {}) as never, schema) as KubeObject;
  }
}

const MERGE_FAULT = 'Invalid JSON Patch';
const STRATEGIC_FAULT = 'invalid JSON document';

/** What the patch libraries say to JSON that is none. */
const malformed = ({ message }: StatusError, type: PatchType): string => ({ strategic: STRATEGIC_FAULT, merge: MERGE_FAULT, json: message.replace(/^error decoding patch: /, '') })[type as 'strategic' | 'merge' | 'json'];

/** What they say to JSON of another form than a patch has; undefined where it has it. */
function misfit(body: unknown, type: PatchType): string | undefined {
  if (type === 'strategic') return body === null || isObject(body) ? undefined : STRATEGIC_FAULT;
  if (type === 'merge') return Array.isArray(body) ? 'json: cannot unmarshal array into Go value of type unstructured.detector' : isObject(body) ? undefined : MERGE_FAULT;
  if (body === null) return undefined;
  if (!Array.isArray(body)) return `json: cannot unmarshal ${jsonKind(body)} into Go value of type jsonpatch.Patch`;
  const wrong = (body as unknown[]).find((operation) => operation !== null && !isObject(operation));
  return wrong === undefined ? undefined : `json: cannot unmarshal ${jsonKind(wrong)} into Go value of type jsonpatch.Operation`;
}

/** encoding/json's word for a value. */
const jsonKind = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);
