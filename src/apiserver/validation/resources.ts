/** Validation of resource lists: names, amounts, requests within limits. Follows kubernetes pkg/apis/core/validation/validation.go and pkg/apis/core/helper. */
import type { ResourceRequirements } from '../../api/generated/types.ts';
import { labelKeyErrors } from '../../api/names.ts';
import { parseQuantity, Quantity } from '../../api/quantity.ts';
import { duplicate, forbidden, invalid, required, type FieldError, type Path } from './field.ts';
import { checkDnsLabel } from './formats.ts';
import { GoValue } from './go-value.ts';

const ZERO = new Quantity(0n, 'DecimalSI');
const HUGE_PAGES = 'hugepages-';
const STANDARD_CONTAINER_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** What quotas count. */
const STANDARD_QUOTA_RESOURCES: ReadonlySet<string> = new Set([
  'cpu', 'memory', 'ephemeral-storage', 'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory', 'limits.ephemeral-storage',
  'pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'persistentvolumeclaims', 'configmaps', 'services.nodeports', 'services.loadbalancers',
]);
const STANDARD_RESOURCES: ReadonlySet<string> = new Set([...STANDARD_QUOTA_RESOURCES, 'storage']);
const INTEGER_RESOURCES: ReadonlySet<string> = new Set(['pods', 'resourcequotas', 'services', 'replicationcontrollers', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers']);

const isHugePages = (name: string): boolean => name.startsWith(HUGE_PAGES);
const isStandard = (name: string): boolean => STANDARD_RESOURCES.has(name) || isHugePages(name) || name.startsWith(`requests.${HUGE_PAGES}`) || name.startsWith('count/');
const isNative = (name: string): boolean => !name.includes('/') || name.includes('kubernetes.io/');
const isExtended = (name: string): boolean => !isNative(name) && !name.startsWith('requests.') && labelKeyErrors(`requests.${name}`).length === 0;
const isInteger = (name: string): boolean => INTEGER_RESOURCES.has(name) || isExtended(name);
/** Whether more may be promised than there is: not of devices and huge pages. */
export const isOvercommitAllowed = (name: string): boolean => isNative(name) && !isHugePages(name);

/** The amount of a text that decoding has accepted; 0 for none. */
export function quantityOf(text: string | undefined): Quantity {
  if (text === undefined) return ZERO;
  try {
    return parseQuantity(text);
  } catch {
    return ZERO;
  }
}

/** A quantity as errors print it where upstream hands over the struct's String(). */
const shown = (quantity: Quantity): GoValue => new GoValue(quantity.toString());

/** Returns whether the name is well-formed. */
export function checkResourceName(name: string, path: Path, errors: FieldError[]): boolean {
  const texts = labelKeyErrors(name);
  for (const text of texts) errors.push(invalid(path, name, text));
  if (texts.length) return false;
  if (!name.includes('/') && !isStandard(name)) {
    errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
    return false;
  }
  return true;
}

export function checkContainerResourceName(name: string, path: Path, errors: FieldError[]): void {
  if (STANDARD_CONTAINER_RESOURCES.has(name)) return;
  checkResourceName(name, path, errors);
  if (!name.includes('/')) {
    if (!isHugePages(name)) errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name)) errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
}

export function checkQuotaResourceName(name: string, path: Path, errors: FieldError[]): void {
  const before = errors.length;
  checkResourceName(name, path, errors);
  if (errors.length === before && !name.includes('/') && !STANDARD_QUOTA_RESOURCES.has(name) && !isHugePages(name) && !name.startsWith(`requests.${HUGE_PAGES}`))
    errors.push(invalid(path, name, 'must be a standard resource for quota'));
}

export function checkResourceQuantity(name: string, value: Quantity, path: Path, errors: FieldError[]): void {
  if (value.nano < 0n) errors.push(invalid(path, value.toString(), 'must be greater than or equal to 0'));
  if (value.nano % 1_000_000_000n !== 0n && isInteger(name)) errors.push(invalid(path, shown(value), 'must be an integer'));
}

function checkHugePages(name: string, value: Quantity, path: Path, errors: FieldError[]): void {
  const page = quantityOf(name.slice(HUGE_PAGES.length));
  if (page.nano <= 0n || value.nano % page.nano !== 0n || value.nano < 0n) errors.push(invalid(path, value.toString(), `${value.toString()} is not positive integer multiple of ${name}`));
}

/** Requests and limits of a container. */
export function checkResourceRequirements(resources: ResourceRequirements | undefined, claimNames: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  if (!resources) return;
  const { limits, requests } = resources;
  let computes = false;
  let hugePages = false;
  for (const name in limits) {
    const at = path.child('limits').key(name);
    const value = quantityOf(limits[name]);
    checkContainerResourceName(name, at, errors);
    checkResourceQuantity(name, value, at, errors);
    if (isHugePages(name)) {
      hugePages = true;
      checkHugePages(name, value, at, errors);
    }
    computes ||= name === 'cpu' || name === 'memory';
  }
  for (const name in requests) {
    const at = path.child('requests').key(name);
    const value = quantityOf(requests[name]);
    checkContainerResourceName(name, at, errors);
    checkResourceQuantity(name, value, at, errors);
    const limitText = limits?.[name];
    if (limitText !== undefined) {
      const limit = quantityOf(limitText);
      if (value.compare(limit) !== 0 && !isOvercommitAllowed(name)) errors.push(invalid(path.child('requests'), value.toString(), `must be equal to ${name} limit of ${limit.toString()}`));
      else if (value.compare(limit) > 0) errors.push(invalid(path.child('requests'), value.toString(), `must be less than or equal to ${name} limit of ${limit.toString()}`));
    } else if (!isOvercommitAllowed(name)) errors.push(required(path.child('limits'), 'Limit must be set for non overcommitable resources'));
    if (isHugePages(name)) {
      hugePages = true;
      checkHugePages(name, value, at, errors);
    }
    computes ||= name === 'cpu' || name === 'memory';
  }
  if (!computes && hugePages) errors.push(forbidden(path, 'HugePages require cpu or memory'));
  checkClaims(resources, claimNames, path.child('claims'), errors);
}

function checkClaims(resources: ResourceRequirements, claimNames: ReadonlySet<string>, path: Path, errors: FieldError[]): void {
  const seen = new Set<string>();
  (resources.claims ?? []).forEach((claim, i) => {
    const at = path.index(i);
    if (!claim.name) {
      errors.push(required(at));
      return;
    }
    if (seen.has(claim.name)) errors.push(duplicate(at, claim.name));
    else {
      let key = claim.name;
      if (claim.request) {
        checkDnsLabel(claim.request, at.child('request'), errors);
        key += `/${claim.request}`;
      }
      if (seen.has(key)) errors.push(duplicate(at, key));
      else if (!claim.request && [...seen].some((other) => other.startsWith(`${claim.name}/`))) errors.push(duplicate(at, claim.name));
      seen.add(key);
    }
    if (!claimNames.has(claim.name)) {
      const detail = `must be one of the names in pod.spec.resourceClaims${claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].sort().join(', ')}`}`;
      errors.push({ type: 'FieldValueNotFound', field: at.toString(), badValue: claim.name, detail, message: `Not found: "${claim.name}": ${detail}` });
    }
  });
}
