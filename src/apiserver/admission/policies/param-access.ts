/**
 * Who lets a policy read its parameters must be allowed to read them himself. Follows kubernetes
 * pkg/registry/admissionregistration/{validatingadmissionpolicy,validatingadmissionpolicybinding}/authz.go.
 */
import type { ParamKind, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../api/generated/types.ts';
import { goText } from '../../../api/go-value.ts';
import { equal } from '../../../api/json.ts';
import { VALIDATINGADMISSIONPOLICIES } from '../../../api/kinds.ts';
import type { UserInfo } from '../../../api/request.ts';
import { apiVersionOf, parseApiVersion } from '../../../api/resource.ts';
import { isPrivileged, type Authorizer } from '../../authorization/authorizer.ts';
import type { RequestScope } from '../../registry/scope.ts';
import type { ServedResources } from '../../served-resources.ts';
import { forbidden, Path, type FieldError } from '../../validation/field.ts';

export interface ParamAccess {
  readonly authorizer: Authorizer;
  readonly served: () => ServedResources;
}

/** What has to be readable: everything where nothing better is known, and why that is so. */
interface Readable {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly unknown?: string;
}

const EVERYTHING = { group: '*', version: '*', resource: '*' };

async function readable(kind: ParamKind | undefined, { served }: ParamAccess): Promise<Readable> {
  if (!kind) return EVERYTHING;
  const { apiVersion = '', kind: name = '' } = kind;
  if (apiVersion.split('/').length > 2) return { ...EVERYTHING, unknown: `unable to parse paramKind &{${apiVersion} ${name}}` };
  const { group, version } = parseApiVersion(apiVersion);
  const found = (await served().all()).find((resource) => resource.kind === name && apiVersionOf(resource) === apiVersion);
  return found ? { group, version, resource: found.plural } : { group, version, resource: '*', unknown: `unable to resolve paramKind &{${apiVersion} ${name}}` };
}

/** %v of *user.DefaultInfo. */
const goUser = ({ username, uid = '', groups, extra = {} }: UserInfo): string => `&{${username} ${uid} [${groups.join(' ')}] ${goText(extra, 'int64')}}`;

/** Of a policy: all objects of its kind of parameters. */
export async function paramKindFaults(access: ParamAccess, { user }: RequestScope, { spec }: ValidatingAdmissionPolicy, old?: ValidatingAdmissionPolicy): Promise<FieldError[]> {
  const kind = spec?.paramKind;
  if (!kind || isPrivileged(user) || equal(kind, old?.spec?.paramKind)) return [];
  const { allowed } = await access.authorizer.authorize({ user, verb: 'get', subresource: '', name: '*', namespace: '*', ...(await readable(kind, access)) });
  return allowed ? [] : [forbidden(Path.of('spec', 'paramKind'), `user ${goUser(user)} must have "get" permission on all objects of the referenced paramKind (kind=${kind.kind ?? ''}, apiVersion=${kind.apiVersion ?? ''})`)];
}

/** Of a binding: the objects that it names or selects. */
export async function paramRefFaults(access: ParamAccess, { user, registry }: RequestScope, { spec }: ValidatingAdmissionPolicyBinding, old?: ValidatingAdmissionPolicyBinding): Promise<FieldError[]> {
  const { paramRef: ref, policyName = '' } = spec ?? {};
  if (!ref || isPrivileged(user) || (equal(ref, old?.spec?.paramRef) && policyName === old?.spec?.policyName)) return [];
  const policy = await registry.storages.get(VALIDATINGADMISSIONPOLICIES, '', policyName);
  const { unknown, ...asked } = policy ? await readable(policy.spec?.paramKind, access) : { ...EVERYTHING, unknown: `unable to get policy ${policyName}` };
  const verb = ref.name ? 'get' : 'list';
  const { allowed } = await access.authorizer.authorize({ user, verb, subresource: '', name: ref.name ?? '', namespace: ref.namespace ?? '', ...asked });
  if (allowed) return [];
  const text = unknown === undefined ? `user ${goUser(user)} does not have "${verb}" permission on the object referenced by paramRef` : `${unknown} to determine minimum required permissions and user ${goUser(user)} does not have "${verb}" permission for all groups, versions and resources`;
  return [forbidden(Path.of('spec', 'paramRef'), text)];
}
