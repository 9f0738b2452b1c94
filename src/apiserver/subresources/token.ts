/** serviceaccounts/token: a signed token for a service account. Follows kubernetes pkg/registry/core/serviceaccount/storage/token.go. */
import { randomUUID } from 'node:crypto';
import type { AuthenticationV1TokenRequest, ServiceAccount, TokenRequestSpec } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { NODES, PODS, SECRETS, SERVICEACCOUNTS, type Resource } from '../../api/kinds.ts';
import type { KubeObject, Stored } from '../../api/object.ts';
import { badRequest, conflict, notFound } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import { API_AUDIENCES, boundClaims, type BoundObjects } from '../authentication/service-account-claims.ts';
import { decodeRequest } from '../registry/incoming.ts';
import { metaOf } from '../registry/metadata.ts';
import type { RequestScope } from '../registry/scope.ts';
import { invalid, invalidObject, Path, type FieldError } from '../validation/field.ts';
import { admitBody, bodyKind, type SubresourceHandler } from './subresource.ts';

const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;
/** What the admission plugin ServiceAccount asks for: such tokens live on for a year, and are only warned about after this. */
const WARN_ONLY_SECONDS = 3607;
const EXTENDED_SECONDS = 24 * 365 * 3600;

export const tokenSubresource: SubresourceHandler = async (scope) => {
  const request = decodeRequest(scope, bodyKind(scope.resource, KIND.group, 'v1', KIND.kind, 'AuthenticationV1TokenRequest')) as Draft<AuthenticationV1TokenRequest> & Draft<KubeObject>;
  const { namespace, name, registry, nowMs } = scope;
  const meta = metaOf(request);
  checkName(meta, scope);
  await admitBody(scope, 'create', request);
  const account = await registry.storages.get(SERVICEACCOUNTS, namespace, name);
  if (!account) throw notFound(SERVICEACCOUNTS, name);

  const spec = (request.spec ??= {} as Draft<TokenRequestSpec>) as Draft<TokenRequestSpec>;
  if (!spec.audiences?.length) spec.audiences = [...API_AUDIENCES];
  const seconds = (spec.expirationSeconds ??= DEFAULT_SECONDS);
  request.metadata = { ...meta, name, namespace, creationTimestamp: formatTime(nowMs) };
  delete request.status;
  const errors = expirationErrors(seconds);
  if (errors.length > 0) throw invalidObject(KIND, '', errors);

  const bound = spec.boundObjectRef ? await findBound(scope, account, spec.boundObjectRef) : {};
  if (!scope.options.dryRun) {
    const extended = seconds === WARN_ONLY_SECONDS && bound.pod !== undefined && spec.audiences.every((audience) => API_AUDIENCES.includes(audience));
    const claims = boundClaims(account, bound, { nowMs, id: randomUUID(), audiences: spec.audiences, expirationSeconds: extended ? EXTENDED_SECONDS : seconds, ...(extended ? { warnAfterSeconds: seconds } : {}) });
    const signer = await registry.tokenSigner();
    request.status = { token: await signer.sign(claims), expirationTimestamp: formatTime(nowMs + seconds * 1000) };
  } else request.status = { token: '', expirationTimestamp: null as unknown as string };
  // Go writes it also where it is nil.
  (spec as { boundObjectRef?: unknown }).boundObjectRef ??= null;
  return { code: 201, object: request as KubeObject };
};

function checkName(meta: { readonly name?: string; readonly namespace?: string }, { name, namespace }: RequestScope): void {
  if (meta.name && meta.name !== name) throw invalidObject(KIND, name, [invalid(Path.of('metadata', 'name'), meta.name, 'must match the service account name if specified')]);
  if (meta.namespace && meta.namespace !== namespace) throw invalidObject(KIND, name, [invalid(Path.of('metadata', 'namespace'), meta.namespace, 'must match the service account namespace if specified')]);
}

/** kubernetes pkg/apis/authentication/validation. */
function expirationErrors(seconds: number): FieldError[] {
  const path = Path.of('spec', 'expirationSeconds');
  return [
    ...(seconds < MIN_SECONDS ? [invalid(path, seconds, 'may not specify a duration less than 10 minutes')] : []),
    ...(seconds > MAX_SECONDS ? [invalid(path, seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
  ];
}

async function findBound({ registry, namespace, name }: RequestScope, account: Stored<ServiceAccount>, ref: NonNullable<TokenRequestSpec['boundObjectRef']>): Promise<BoundObjects> {
  const find = async <T extends KubeObject>(resource: Resource<T>, where: string | undefined): Promise<Stored<T>> => {
    const object = await registry.storages.get(resource, where, ref.name ?? '');
    if (!object) throw notFound(resource, ref.name ?? '');
    return object;
  };
  const matching = <T extends KubeObject>(object: Stored<T>): Stored<T> => {
    const { uid } = object.metadata;
    if (ref.uid && ref.uid !== uid) {
      throw conflict({ group: '', plural: ref.kind ?? '' }, ref.name ?? '', `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`);
    }
    return object;
  };
  switch (`${ref.apiVersion ?? ''} ${ref.kind ?? ''}`) {
    case 'v1 Pod': {
      const pod = await find(PODS, namespace);
      if (pod.spec?.serviceAccountName !== name) throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(name)} to pod running with different serviceaccount name.`);
      const node = pod.spec.nodeName ? await registry.storages.get(NODES, undefined, pod.spec.nodeName) : undefined;
      return { pod: matching(pod), ...(node ? { node } : pod.spec.nodeName ? { node: { name: pod.spec.nodeName } } : {}) };
    }
    case 'v1 Secret':
      return { secret: matching(await find(SECRETS, namespace)) };
    case 'v1 Node':
      return { node: matching(await find(NODES, undefined)) };
    default:
      throw badRequest(`cannot bind token for serviceaccount ${JSON.stringify(account.metadata.name)} to object of type ${goKind(ref)}`);
  }
}

/** schema.GroupVersionKind.String(). */
function goKind({ apiVersion = '', kind = '' }: { readonly apiVersion?: string; readonly kind?: string }): string {
  const slash = apiVersion.indexOf('/');
  return `${apiVersion.slice(0, Math.max(slash, 0))}/${apiVersion.slice(slash + 1)}, Kind=${kind}`;
}
