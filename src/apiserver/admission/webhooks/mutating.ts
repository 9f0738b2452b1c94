/** MutatingAdmissionWebhook: one webhook after the other may change the object by a JSON patch. Follows apiserver pkg/admission/plugin/webhook/mutating. */
import type { MutatingWebhook, MutatingWebhookConfiguration } from '../../../api/generated/types.ts';
import { draft, equal, type Draft } from '../../../api/json.ts';
import { MUTATINGWEBHOOKCONFIGURATIONS } from '../../../api/kinds.ts';
import type { KubeObject, Stored } from '../../../api/object.ts';
import { applyJsonPatch, PatchError, type JsonPatchOperation } from '../../../api/patch/index.ts';
import { goQuote } from '../../../api/quote.ts';
import type { ResourceFacts } from '../../../api/resource.ts';
import { internalError } from '../../../api/status.ts';
import { decodeBody } from '../../decode/decode.ts';
import { withNulls } from '../../../api/null-fields.ts';
import type { Lookup } from '../../storage/storages.ts';
import type { AdmissionContext } from '../index.ts';
import { fromVersion, inVersion, isExempt } from '../matching.ts';
import type { AdmissionPlugin, Attributes } from '../plugin.ts';
import { byName } from './configurations.ts';
import type { Answer } from './review.ts';

export function mutatingAdmissionWebhook(context: AdmissionContext): AdmissionPlugin {
  return {
    name: 'MutatingAdmissionWebhook',
    handles: (_operation, resource) => !isExempt(resource),

    admit(attributes: Attributes, cluster: Lookup) {
      const found = cluster.list(MUTATINGWEBHOOKCONFIGURATIONS);
      // Asked for every write: no promise, and no code that calls, where there are no webhooks.
      if (found instanceof Promise) return found.then((late) => (late.length > 0 ? askEach(late, attributes, context, cluster) : undefined));
      return found.length > 0 ? askEach(found, attributes, context, cluster) : undefined;
    },
  };
}

async function askEach(configurations: readonly Stored<MutatingWebhookConfiguration>[], attributes: Attributes, context: AdmissionContext, cluster: Lookup): Promise<string | undefined> {
  const { reinvocation } = attributes;
  const called = (reinvocation.called ??= new Set());
  const due = (reinvocation.due ??= new Set());
  // Plugins of the server's own have changed the object since: webhooks that want to may look again.
  if (reinvocation.second && reinvocation.last !== JSON.stringify(attributes.object)) for (const id of called) due.add(id);
  const done: string[] = [];
  for (const configuration of byName(configurations)) {
    for (const webhook of configuration.webhooks ?? []) {
      const id = `${configuration.metadata.name}/${webhook.name}`;
      if (reinvocation.second && !due.has(id)) continue;
      const changed = await askOne(webhook, attributes, context, cluster);
      if (changed === undefined) continue;
      done.push(changed ? `${webhook.name} changed it` : webhook.name);
      due.delete(id);
      if (changed) {
        for (const other of called) due.add(other);
        reinvocation.wanted = true;
      }
      if (webhook.reinvocationPolicy === 'IfNeeded') called.add(id);
    }
  }
  reinvocation.last = JSON.stringify(attributes.object);
  return done.length > 0 ? done.join(', ') : undefined;
}

/** Whether the webhook has changed the object; undefined where it was not asked. */
async function askOne(webhook: MutatingWebhook, attributes: Attributes, context: AdmissionContext, cluster: Lookup): Promise<boolean | undefined> {
  const { CallFailure, failed, review, wants } = await import('./review.ts');
  const matched = await wants(webhook, attributes, context, cluster);
  if (!matched) return undefined;
  try {
    const answer = await review(webhook, attributes, matched, context, cluster, true);
    return answer.patch ? applyAnswer(webhook, answer, attributes, matched, (why) => new CallFailure(webhook.name, why)) : false;
  } catch (error) {
    const failure = error instanceof CallFailure ? failed(webhook, error) : error;
    if (failure instanceof Error) throw failure;
    return false;
  }
}

function applyAnswer({ name }: MutatingWebhook, { patch = '', patchType }: Answer, attributes: Attributes, matched: ResourceFacts, failure: (why: string) => Error): boolean {
  if (patchType !== 'JSONPatch') throw failure(`unsupported patch type ${goQuote(patchType ?? '')}`);
  const operations = operationsOf(patch, failure);
  if (operations.length === 0) return false;
  const { object } = attributes;
  if (!object) throw internalError(`admission webhook ${goQuote(name)} attempted to modify the object, which is not supported for this operation`);
  const before = draft(object);
  const patched = patchedObject(withNulls(matched, inVersion(object, attributes, matched), true), operations, matched);
  const after = fromVersion(patched, attributes, matched);
  if (equal(before, after)) return false;
  replaceContents(object, after);
  return true;
}

function operationsOf(patch: string, failure: (why: string) => Error): readonly JsonPatchOperation[] {
  try {
    const operations: unknown = JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
    if (Array.isArray(operations)) return operations as readonly JsonPatchOperation[];
  } catch {
    // Told below.
  }
  throw failure('received undecodable patch in webhook response: json: cannot unmarshal');
}

function patchedObject(object: KubeObject, operations: readonly JsonPatchOperation[], matched: ResourceFacts): Draft<KubeObject> {
  let patched: unknown;
  try {
    patched = applyJsonPatch(object, operations);
  } catch (error) {
    if (error instanceof PatchError) throw internalError(error.message);
    throw error;
  }
  // Custom resources have no fields that could be unknown to the server.
  return draft(matched.model === '' ? (patched as KubeObject) : decodeBody(matched, patched, undefined, 'Ignore').object);
}

/** The object is the request's own, handed from station to station: it stays, and what is in it changes. */
function replaceContents(object: Draft<KubeObject>, after: Draft<KubeObject>): void {
  const target = object as Record<string, unknown>;
  for (const key of Object.keys(target)) delete target[key];
  Object.assign(target, after);
}
