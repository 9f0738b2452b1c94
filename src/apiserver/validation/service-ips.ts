/** Validation of Services' addresses and their families. Follows kubernetes pkg/apis/core/validation/validation.go (ValidateServiceClusterIPsRelatedFields, validateUpgradeDowngrade…). */
import type { ServiceSpec } from '../../api/generated/types.ts';
import { duplicate, invalid, notSupported, Path, required, type FieldError } from './field.ts';
import { checkIp } from './formats.ts';
import { goStrings, goTexts, GoValue } from './go-value.ts';
import { isDualStack, isIpv6 } from './ip.ts';

const SPEC = Path.of('spec');
const FAMILIES = ['IPv4', 'IPv6'];
const FAMILY_POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

/** A service without an address of its own. */
export const isHeadless = (spec: ServiceSpec): boolean => spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';

export function checkClusterIps(spec: ServiceSpec, old: ServiceSpec | undefined, errors: FieldError[]): void {
  if (spec.type === 'ExternalName') return;
  const path = SPEC.child('clusterIPs');
  const ips = spec.clusterIPs ?? [];
  const shown = new GoValue(goStrings(spec.clusterIPs));
  if (spec.clusterIP) {
    if (ips.length === 0) errors.push(required(path));
    else if (ips[0] !== spec.clusterIP) errors.push(invalid(path, shown, 'first value must match `clusterIP`'));
  } else if (ips.length > 0) errors.push(invalid(path, shown, 'must be empty when `clusterIP` is not specified'));
  const families = new Set<string>();
  (spec.ipFamilies ?? []).forEach((family, i) => {
    const at = SPEC.child('ipFamilies').index(i);
    if (!FAMILIES.includes(family)) errors.push(notSupported(at, family, FAMILIES));
    if (families.has(family)) errors.push(duplicate(at, family));
    families.add(family);
  });
  if (spec.ipFamilyPolicy !== undefined && !FAMILY_POLICIES.includes(spec.ipFamilyPolicy)) errors.push(notSupported(SPEC.child('ipFamilyPolicy'), spec.ipFamilyPolicy, FAMILY_POLICIES));
  const before = errors.length;
  ips.forEach((ip, i) => {
    if (i === 0 && ip === 'None') {
      if (ips.length > 1) errors.push(invalid(path, shown, "'None' must be the first and only value"));
    } else if (!old?.clusterIPs?.includes(ip)) checkIp(ip, path.index(i), errors);
  });
  const isBroken = errors.length > before;
  if (ips.length > 2) errors.push(invalid(path, shown, 'may only hold up to 2 values'));
  if (isBroken) return;
  if (ips.length > 1 && !isDualStack(ips)) errors.push(invalid(path, shown, 'may specify no more than one IP for each IP family'));
  if (isHeadless(spec)) return;
  ips.forEach((ip, i) => {
    const family = spec.ipFamilies?.[i];
    if (family === 'IPv4' && isIpv6(ip)) errors.push(invalid(path.index(i), ip, `expected an IPv4 value as indicated by \`ipFamilies[${i}]\``));
    if (family === 'IPv6' && !isIpv6(ip)) errors.push(invalid(path.index(i), ip, `expected an IPv6 value as indicated by \`ipFamilies[${i}]\``));
  });
}

/** Addresses stay what they were, but a second one may come and go. */
export function checkClusterIpsKept(now: ServiceSpec, before: ServiceSpec, errors: FieldError[]): void {
  if (now.type === 'ExternalName' || before.type === 'ExternalName' || (isHeadless(now) && isHeadless(before))) return;
  const values = now.clusterIPs ?? [];
  const old = before.clusterIPs ?? [];
  const path = SPEC.child('clusterIPs');
  const shown = new GoValue(goStrings(now.clusterIPs));
  if (values.length === old.length) {
    old.forEach((value, i) => {
      if (value !== values[i]) errors.push(invalid(path.index(i), shown, 'may not change once set'));
    });
    return;
  }
  if (values.length === 0) errors.push(invalid(path.index(0), shown, 'primary clusterIP can not be unset'));
  else if (old.length > 0 && values[0] !== old[0]) errors.push(invalid(path.index(0), shown, 'may not change once set'));
  if (old.length > values.length && values.length === 1 && now.ipFamilyPolicy !== 'SingleStack') errors.push(invalid(SPEC.child('ipFamilyPolicy'), now.ipFamilyPolicy ?? null, "must be set to 'SingleStack' when releasing the secondary clusterIP"));
}

/** And so do their families. */
export function checkFamiliesKept(now: ServiceSpec, before: ServiceSpec, errors: FieldError[]): void {
  if (now.type === 'ExternalName' || before.type === 'ExternalName' || isHeadless(now) || isHeadless(before)) return;
  const values = now.ipFamilies ?? [];
  const old = before.ipFamilies ?? [];
  const path = SPEC.child('ipFamilies').index(0);
  const shown = goTexts('core.IPFamily', now.ipFamilies);
  if (values.length === old.length) {
    old.forEach((value, i) => {
      if (value !== values[i]) errors.push(invalid(path, shown, 'may not change once set'));
    });
    return;
  }
  if (old.length > values.length && !now.clusterIPs?.length) errors.push(invalid(path, shown, 'primary ipFamily can not be unset'));
  // Upstream shows the addresses here.
  if (old.length > 0 && values.length > 0 && values[0] !== old[0]) errors.push(invalid(path, new GoValue(goStrings(now.clusterIPs)), 'may not change once set'));
  if (old.length > values.length && values.length === 1 && now.ipFamilyPolicy !== 'SingleStack') errors.push(invalid(SPEC.child('ipFamilyPolicy'), now.ipFamilyPolicy ?? null, "must be set to 'SingleStack' when releasing the secondary ipFamily"));
}
