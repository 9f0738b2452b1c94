/** From one version of a custom resource to another. Follows apiextensions-apiserver pkg/apiserver/conversion. */
import type { CustomResourceDefinition } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { goType } from '../../api/go-value.ts';
import { goQuote } from '../../api/quote.ts';
import { apiVersionOf, parseApiVersion } from '../../api/resource.ts';
import { StatusError } from '../../api/status.ts';
import { Path, type FieldError } from '../validation/field.ts';
import { checkAnnotations, checkLabels } from '../validation/metadata.ts';
import { WebhookCallError } from '../webhooks/call.ts';
import { isFields, type Fields } from './schema/schema.ts';

export interface Converter {
  /** Objects of other versions in the wanted one; all at once where somebody has to be asked. */
  convert(objects: readonly Fields[], apiVersion: string): readonly Fields[] | Promise<readonly Fields[]>;
}

/** Asks the webhook of a definition; throws WebhookCallError. */
export type AskWebhook = (definition: CustomResourceDefinition, review: ConversionReview) => Promise<unknown>;

export interface ConversionReview {
  readonly kind: 'ConversionReview';
  readonly apiVersion: string;
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly Fields[] };
}

/** Strategy None: only the version's name changes. */
const noneConverter: Converter = {
  convert: (objects, apiVersion) => objects.map((object) => ({ ...object, apiVersion })),
};

/** How a definition's objects are converted. `uid` makes the uid of a review. */
export function converterOf(definition: CustomResourceDefinition, ask: AskWebhook, uid: () => string): Converter {
  const { conversion } = definition.spec;
  if (conversion?.strategy !== 'Webhook') return noneConverter;
  const version = conversion.webhook?.conversionReviewVersions.find((each) => each === 'v1' || each === 'v1beta1') ?? 'v1';
  return {
    async convert(objects, apiVersion) {
      const [first] = objects;
      if (!first) return [];
      const what = kindText(first);
      const review: ConversionReview = { kind: 'ConversionReview', apiVersion: `apiextensions.k8s.io/${version}`, request: { uid: uid(), desiredAPIVersion: apiVersion, objects } };
      const answered = await answer(ask, definition, review, what);
      if (answered.length !== objects.length) throw failure(`conversion webhook for ${what} returned ${answered.length} objects, expected ${objects.length}`);
      return objects.map((object, i) => checked(object, answered[i], apiVersion, what, objects.length > 1 ? `invalid converted object at index ${i}` : 'invalid object'));
    },
  };
}

/** A conversion that fails is the server's fault (500), worded as the converter words it. */
const failure = (message: string): StatusError => new StatusError(500, '', message);

/** schema.GroupVersionKind's own form. */
function kindText({ apiVersion, kind }: Fields): string {
  return `${String(apiVersion)}, Kind=${String(kind)}`;
}

interface Answer {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly response?: { readonly uid?: string; readonly result?: { readonly status?: string; readonly message?: string }; readonly convertedObjects?: readonly unknown[] };
}

async function answer(ask: AskWebhook, definition: CustomResourceDefinition, review: ConversionReview, what: string): Promise<readonly unknown[]> {
  const failed = (why: string) => failure(`conversion webhook for ${what} failed: ${why}`);
  let body: Answer;
  try {
    body = (await ask(definition, review)) as Answer;
  } catch (error) {
    if (error instanceof WebhookCallError) throw failed(error.message);
    throw error;
  }
  const { response } = isFields(body) ? (body as Answer) : {};
  const strict = review.apiVersion.endsWith('/v1');
  const { apiVersion, kind } = (isFields(body) ? body : {}) as Answer;
  if (strict && (apiVersion !== review.apiVersion || kind !== 'ConversionReview')) {
    throw failed(`expected webhook response of ${review.apiVersion}, Kind=ConversionReview, got ${String(apiVersion ?? '')}, Kind=${String(kind ?? '')}`);
  }
  if (!response) throw failed('no response provided');
  if (strict && response.uid !== review.request.uid) throw failed(`expected response.uid=${goQuote(review.request.uid)}, got ${goQuote(response.uid ?? '')}`);
  const { status = '', message = '' } = response.result ?? {};
  if (status !== 'Success') throw failed(message !== '' ? message : `response.result.status was '${status}', not 'Success'`);
  return response.convertedObjects ?? [];
}

/** A converted object with the metadata that it had: a webhook may change labels and annotations only. */
function checked(original: Fields, converted: unknown, wanted: string, what: string, where: string): Fields {
  const bad = (why: string) => failure(`conversion webhook for ${what} returned ${where}: ${why}`);
  if (!isFields(converted)) throw bad(`invalid type, expected=Unstructured, got=${goType(converted, 'int64')}`);
  if (converted.apiVersion !== wanted) throw bad(`invalid groupVersion (expected ${wanted}, received ${apiVersionOf(parseApiVersion(String(converted.apiVersion ?? '')))})`);
  if (converted.kind !== original.kind) throw bad(`invalid kind (expected ${String(original.kind)}, received ${String(converted.kind)})`);
  const before = isFields(original.metadata) ? original.metadata : {};
  if (converted.metadata === undefined) throw failure(`conversion webhook for ${what} returned invalid metadata: missing metadata in converted object`);
  if (!isFields(converted.metadata)) throw failure(`conversion webhook for ${what} returned invalid metadata: invalid metadata of type ${goType(converted.metadata, 'int64')} in converted object`);
  const after = converted.metadata;
  for (const [key, name] of [['name', 'name'], ['namespace', 'namespace'], ['uid', 'UID']] as const) {
    if ((before[key] ?? '') !== (after[key] ?? '')) throw bad(`must have the same ${name}: ${String(before[key] ?? '')} != ${String(after[key] ?? '')}`);
  }
  return { ...converted, metadata: restoredMeta(before, after, (why) => failure(`conversion webhook for ${what} returned invalid metadata: ${why}`)) };
}

function restoredMeta(before: Fields, after: Fields, bad: (why: string) => StatusError): Fields {
  const metadata: Fields = { ...before };
  for (const key of ['labels', 'annotations'] as const) {
    const value = after[key] ?? undefined;
    if (value === undefined) {
      delete metadata[key];
      continue;
    }
    if (!isFields(value)) throw bad(`invalid metadata.${key} of type ${goType(value, 'int64')} in converted object`);
    for (const [name, text] of Object.entries(value)) if (typeof text !== 'string') throw bad(`metadata.${key}[${name}] must be a string, but is ${goType(text, 'int64')} in converted object`);
    const errors: FieldError[] = [];
    if (!equal(before[key], value)) (key === 'labels' ? checkLabels : checkAnnotations)(value as Record<string, string>, Path.of('metadata', key === 'labels' ? 'labels' : 'annotation'), errors);
    const texts = errors.map(({ field, message }) => `${field}: ${message}`);
    if (texts.length > 0) throw bad(texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`);
    metadata[key] = value;
  }
  return metadata;
}
