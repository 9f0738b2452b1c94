/**
 * Which IP families a Service has, from what the request says and what the cluster offers: IPv4 alone. Follows kubernetes
 * pkg/registry/core/service/storage/alloc.go (initIPFamilyFields).
 */
import type { Service, ServiceSpec } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import { invalid, Path, type FieldError } from '../validation/field.ts';
import { goStrings, GoValue } from '../validation/go-value.ts';
import { isIpv6 } from '../validation/ip.ts';
import { checkClusterIps } from '../validation/service-ips.ts';

type Spec = Draft<ServiceSpec>;

export const HEADLESS = 'None';
const SPEC = Path.of('spec');
const POLICY = SPEC.child('ipFamilyPolicy');

const same = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean => equal(one ?? [], other ?? []);

/** Services that take two addresses where there are two families stay as they are while nobody changes that. */
function staysPreferred(spec: Spec, before: ServiceSpec | undefined): boolean {
  return before !== undefined && spec.type !== 'ExternalName' && spec.type === before.type && spec.ipFamilyPolicy === 'PreferDualStack' && (before.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' && same(spec.clusterIPs, before.clusterIPs) && same(spec.ipFamilies, before.ipFamilies);
}

const selectsNothing = (spec: Spec): boolean => spec.clusterIP === HEADLESS && Object.keys(spec.selector ?? {}).length === 0;

/** Fills in policy and families. What is wrong with them is told alone, before anything is allocated. */
export function setFamilies(service: Draft<Service>, old: Service | undefined): FieldError[] {
  const spec = (service.spec ??= {});
  const before = old?.spec;
  if (spec.type === 'ExternalName' || staysPreferred(spec, before)) return [];
  // Whoever writes the endpoints of a headless Service without selector chooses their families.
  spec.ipFamilyPolicy ??= before?.ipFamilyPolicy ?? (selectsNothing(spec) ? 'RequireDualStack' : 'SingleStack');
  const errors: FieldError[] = [];
  checkClusterIps(spec, before, errors);
  if (errors.length > 0) return errors;
  if (before) checkReleased(spec, before, errors);
  checkPolicy(spec, errors);
  inferFamilies(spec, errors);
  if (errors.length > 0) return errors;
  const policy = spec.ipFamilyPolicy;
  if (selectsNothing(spec)) {
    const families = (spec.ipFamilies ??= []);
    if (families.length === 0) families.push('IPv4');
    if (families.length < 2 && policy !== 'SingleStack') families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4');
    return [];
  }
  if (policy === 'RequireDualStack') errors.push(invalid(POLICY, policy, 'this cluster is not configured for dual-stack services'));
  (spec.ipFamilies ?? []).forEach((family, i) => {
    if (family !== 'IPv4') errors.push(invalid(SPEC.child('ipFamilies').index(i), family, 'not configured on this cluster'));
  });
  if (errors.length === 0 && !spec.ipFamilies?.length) spec.ipFamilies = ['IPv4'];
  return errors;
}

/** A second address goes only when the policy says so. */
function checkReleased(spec: Spec, before: ServiceSpec, errors: FieldError[]): void {
  const policy = spec.ipFamilyPolicy;
  for (const [name, what] of [['clusterIPs', 'cluster IP'], ['ipFamilies', 'IP family']] as const) {
    const values = spec[name] ?? [];
    const old = before[name] ?? [];
    if (policy === 'SingleStack') {
      if (same(values, old) && values.length > 1) spec[name] = values.slice(0, 1);
    } else if (old.length > 0 && values.length > 0 && values.length < old.length) errors.push(invalid(POLICY, policy, `must be 'SingleStack' to release the secondary ${what}`));
  }
}

function checkPolicy(spec: Spec, errors: FieldError[]): void {
  if (spec.ipFamilyPolicy !== 'SingleStack') return;
  const text = (what: string): string => `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
  if (spec.clusterIPs?.length === 2) errors.push(invalid(POLICY, spec.ipFamilyPolicy, text('cluster IPs')));
  if (spec.ipFamilies?.length === 2) errors.push(invalid(POLICY, spec.ipFamilyPolicy, text('IP families')));
}

/** An address tells its family. */
function inferFamilies(spec: Spec, errors: FieldError[]): void {
  const ips = spec.clusterIPs ?? [];
  for (const [i, ip] of ips.entries()) {
    if (ip === HEADLESS) break;
    const families = (spec.ipFamilies ??= []);
    if (i < families.length) continue;
    if (isIpv6(ip)) errors.push(invalid(SPEC.child('clusterIPs').index(i), new GoValue(goStrings(ips)), 'IPv6 is not configured on this cluster'));
    else families.push('IPv4');
  }
}
