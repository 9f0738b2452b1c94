/** Validation of Nodes. Follows kubernetes pkg/apis/core/validation/validation.go (ValidateNode, ValidateNodeUpdate). */
import type { Node } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { duplicate, forbidden, invalid, Path, type FieldError } from './field.ts';
import { checkCidr } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { goStrings, GoValue } from './go-value.ts';
import { isDualStack } from './ip.ts';
import { checkResourceQuantity } from './resources.ts';
import { checkTaints } from './scheduling.ts';

const SPEC = Path.of('spec');
const STATUS = Path.of('status');
/** Upstream reports taints under metadata. */
const TAINTS = Path.of('metadata', 'taints');

function checkNodeResources(node: Node, errors: FieldError[]): void {
  for (const list of ['capacity', 'allocatable'] as const)
    for (const [name, amount] of Object.entries(node.status?.[list] ?? {})) checkResourceQuantity(name, amount, STATUS.child(list, name), errors);
}

export function validateNode(node: Node): FieldError[] {
  const errors: FieldError[] = [];
  checkTaints(node.spec?.taints, TAINTS, errors);
  checkNodeResources(node, errors);
  const swap = node.status?.nodeInfo?.swap?.capacity;
  if (swap !== undefined && swap <= 0) errors.push(invalid('metadata.nodeSwapStatus.capacity', swap, 'must be greater than zero'));
  const cidrs = node.spec?.podCIDRs ?? [];
  const path = SPEC.child('podCIDRs');
  cidrs.forEach((cidr, i) => checkCidr(cidr, path.index(i), errors));
  if (cidrs.length > 1 && (cidrs.length > 2 || !isDualStack(cidrs))) errors.push(invalid(path, new GoValue(goStrings(cidrs)), 'may specify no more than one CIDR for each IP family'));
  return errors;
}

export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const errors: FieldError[] = [];
  if (!equal(node.status?.capacity, old.status?.capacity) || !equal(node.status?.allocatable, old.status?.allocatable)) checkNodeResources(node, errors);
  const addresses = new Set<string>();
  (node.status?.addresses ?? []).forEach((address, i) => {
    const key = `${address.type}/${address.address}`;
    if (addresses.has(key)) errors.push(duplicate(STATUS.child('addresses').index(i), goTyped('core.NodeAddress', address)));
    addresses.add(key);
  });
  if (old.spec?.podCIDRs?.length && !equal(node.spec?.podCIDRs, old.spec.podCIDRs)) errors.push(forbidden(SPEC.child('podCIDRs'), 'node updates may not change podCIDR except from "" to valid'));
  if (old.spec?.providerID && old.spec.providerID !== node.spec?.providerID) errors.push(forbidden(SPEC.child('providerID'), 'node updates may not change providerID except from "" to valid'));
  checkTaints(node.spec?.taints, TAINTS, errors);
  if ((node.spec?.externalID ?? '') !== (old.spec?.externalID ?? '')) errors.push(forbidden(SPEC.child('externalID'), 'may not be updated'));
  return errors;
}
