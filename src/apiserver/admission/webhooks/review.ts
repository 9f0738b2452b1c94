/** Asks one admission webhook about a request. Follows apiserver pkg/admission/plugin/webhook/{request,errors,generic}. */
import type { MutatingWebhook, ValidatingWebhook } from '../../../api/generated/types.ts';
import { isObject } from '../../../api/json.ts';
import { goQuote } from '../../../api/quote.ts';
import type { KubeObject } from '../../../api/object.ts';
import { type ResourceFacts } from '../../../api/resource.ts';
import { badRequest, forbidden, internalError, StatusError, type StatusObject } from '../../../api/status.ts';
import { withNulls } from '../../../api/null-fields.ts';
import type { Lookup } from '../../storage/storages.ts';
import { callWebhook, WebhookCallError, type WebhookClientConfig } from '../../webhooks/call.ts';
import { admissionRequest } from '../admission-request.ts';
import type { AdmissionContext } from '../index.ts';
import { inVersion, matchRules, nameOf, selects } from '../matching.ts';
import type { Attributes } from '../plugin.ts';

export type Webhook = MutatingWebhook | ValidatingWebhook;

export interface Answer {
  readonly allowed: boolean;
  /** A JSON patch, base64. */
  readonly patch?: string;
  readonly patchType?: string;
}

/** A webhook that could not be asked, or whose answer makes no sense: the failure policy says what follows. */
export class CallFailure extends Error {
  constructor(webhook: string, why: string) {
    super(`failed calling webhook ${goQuote(webhook)}: ${why}`);
  }
}

const DEFAULT_TIMEOUT = 10;

/** The version of the resource in which the webhook wants to see the request; undefined where it doesn't. */
export async function wants(webhook: Webhook, attributes: Attributes, { served, authorizer }: AdmissionContext, cluster: Lookup): Promise<ResourceFacts | undefined> {
  const matched = await matchRules(attributes, webhook.rules ?? [], webhook.matchPolicy ?? 'Equivalent', served());
  if (!matched || !(await selects(attributes, webhook, cluster))) return undefined;
  if (!webhook.matchConditions?.length) return matched;
  const { matchConditions } = await import('../expressions.ts');
  const { object, old } = attributes;
  const input = { attributes, matched, authorizer, object: object && inVersion(object, attributes, matched), old: old && inVersion(old, attributes, matched) };
  const outcome = await matchConditions(webhook.matchConditions, input, webhook.failurePolicy, {});
  if ('error' in outcome) throw forbidden(attributes.requested, nameOf(attributes), outcome.error);
  return outcome.matches ? matched : undefined;
}

/** Throws CallFailure, or the StatusError of a refusal. */
export async function review(webhook: Webhook, attributes: Attributes, matched: ResourceFacts, context: AdmissionContext, cluster: Lookup, mutating: boolean): Promise<Answer> {
  checkDryRun(webhook, attributes);
  const version = webhook.admissionReviewVersions.find((each) => each === 'v1' || each === 'v1beta1');
  if (version === undefined) throw new CallFailure(webhook.name, 'could not create admission objects: webhook does not accept known AdmissionReview versions (v1, v1beta1)');
  const uid = context.identities.uid(`admission review ${webhook.name}`);
  const { object, old } = attributes;
  const fields = admissionRequest(attributes, matched);
  const { dryRun, options, ...request } = fields;
  const shown = (one: KubeObject | undefined) => (one ? withNulls(matched, inVersion(one, attributes, matched), true) : null);
  const body = {
    kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`,
    request: { uid, ...request, object: shown(object), oldObject: shown(old), dryRun, options },
  };
  const response = await ask(webhook, body, context, cluster);
  const answer = checked(webhook, response, uid, version, mutating);
  for (const [key, value] of Object.entries(answer.auditAnnotations ?? {})) attributes.annotate(`${webhook.name}/${key}`, value);
  for (const text of answer.warnings ?? []) attributes.warn(text);
  if (answer.allowed) return answer;
  throw denial(webhook.name, answer.status);
}

function checkDryRun({ name, sideEffects }: Webhook, { options }: Attributes): void {
  if (options.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') throw badRequest(`admission webhook ${goQuote(name)} does not support dry run`);
}

async function ask(webhook: Webhook, body: unknown, { activity }: AdmissionContext, cluster: Lookup): Promise<unknown> {
  const release = activity?.begin();
  try {
    return await callWebhook({ config: webhook.clientConfig as WebhookClientConfig, body, timeoutSeconds: webhook.timeoutSeconds ?? DEFAULT_TIMEOUT }, cluster);
  } catch (error) {
    if (error instanceof WebhookCallError) throw new CallFailure(webhook.name, `failed to call webhook: ${error.message}`);
    throw error;
  } finally {
    release?.();
  }
}

interface Response extends Answer {
  readonly uid?: string;
  readonly status?: Partial<StatusObject>;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** VerifyAdmissionResponse: an answer has to fit the question. */
function checked({ name }: Webhook, review: unknown, uid: string, version: string, mutating: boolean): Response {
  const invalid = (why: string): CallFailure => new CallFailure(name, `received invalid webhook response: ${why}`);
  if (!isObject(review) || !isObject(review.response)) throw invalid('webhook response was absent');
  const response = review.response as unknown as Response;
  if (version === 'v1beta1') return mutating && response.patch ? { ...response, patchType: 'JSONPatch' } : { ...response, patch: '', patchType: '' };
  if (response.uid !== uid) throw invalid(`expected response.uid=${goQuote(uid)}, got ${goQuote(response.uid ?? '')}`);
  const { apiVersion = '', kind = '' } = review as { apiVersion?: string; kind?: string };
  if (apiVersion !== 'admission.k8s.io/v1' || kind !== 'AdmissionReview') throw invalid(`expected webhook response of admission.k8s.io/v1, Kind=AdmissionReview, got ${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`);
  if (mutating) {
    if (response.patch && response.patchType === undefined) throw invalid('webhook returned response.patch but not response.patchType');
    if (!response.patch && response.patchType !== undefined) throw invalid('webhook returned response.patchType but not response.patch');
    if (response.patchType === '') throw invalid('webhook returned invalid response.patchType of ""');
  } else {
    if (response.patch) throw invalid('validating webhook may not return response.patch');
    if (response.patchType !== undefined) throw invalid('validating webhook may not return response.patchType');
  }
  return response;
}

/** The webhook's own Status, made to say who refused. */
function denial(name: string, status: Partial<StatusObject> = {}): StatusError {
  const denied = `admission webhook ${goQuote(name)} denied the request`;
  const message = status.message ? `${denied}: ${status.message}` : status.reason ? `${denied}: ${status.reason}` : `${denied} without explanation`;
  return new StatusError(status.code === undefined || status.code < 400 ? 400 : status.code, status.reason ?? '', message, status.details);
}

/** What a failed call comes to: nothing where the webhook doesn't insist. */
export function failed(webhook: Webhook, error: CallFailure): StatusError | undefined {
  return webhook.failurePolicy === 'Ignore' ? undefined : internalError(error.message);
}
