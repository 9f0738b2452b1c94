/**
 * A controller's claim to the objects that its selector matches: adopts orphans, releases what matches no longer.
 * Follows kubernetes pkg/controller/controller_ref_manager.go.
 */
import type { Resource } from '../../api/kinds.ts';
import type { Selector } from '../../api/labels.ts';
import { controllerRef, isTerminating, keyOf, type KubeObject, type Stored } from '../../api/object.ts';
import { groupResourceName, type ResourceFacts } from '../../api/resource.ts';
import { isInvalid, isNotFound } from '../../api/status.ts';
import type { Client } from '../../client/client.ts';

export interface Claim<Owner extends KubeObject, T extends KubeObject> {
  readonly client: Client;
  readonly owner: Stored<Owner>;
  readonly ownerResource: Resource<Owner>;
  readonly resource: Resource<T>;
  readonly selector: Selector;
  /** The objects that the owner controls. */
  readonly owned: readonly Stored<T>[];
  /** Objects that nobody controls. */
  readonly orphans: readonly Stored<T>[];
}

/**
 * The objects that are the owner's, after adopting and releasing. Adopted ones are returned as they were before.
 * Throws when the owner cannot adopt (it is gone, or about to be) or a write failed.
 */
export async function claimObjects<Owner extends KubeObject, T extends KubeObject>(claim: Claim<Owner, T>): Promise<Stored<T>[]> {
  const { owner, selector } = claim;
  const ownerGoes = isTerminating(owner as KubeObject);
  const claimed: Stored<T>[] = [];
  const errors: Error[] = [];
  for (const object of claim.owned) {
    if (selector.matches(object.metadata.labels)) claimed.push(object);
    else if (!ownerGoes) await release(claim, object).catch((error: Error) => errors.push(error));
  }
  let adoptable: Promise<void> | undefined;
  for (const object of ownerGoes ? [] : claim.orphans) {
    if (!selector.matches(object.metadata.labels) || isTerminating(object as KubeObject) || object.metadata.namespace !== owner.metadata.namespace) continue;
    try {
      adoptable ??= checkAdoptable(claim);
      await adoptable;
      if (await adopt(claim, object)) claimed.push(object);
    } catch (error) {
      errors.push(error as Error);
    }
  }
  if (errors.length > 0) throw aggregate(errors);
  return claimed;
}

/** Asks the API server itself, once, whether the owner still is (upstream's RecheckDeletionTimestamp). */
async function checkAdoptable<Owner extends KubeObject, T extends KubeObject>({ client, owner, ownerResource }: Claim<Owner, T>): Promise<void> {
  const { namespace, name, uid } = owner.metadata;
  const fresh = await client.of(ownerResource).get(namespace, name);
  if (fresh.metadata.uid !== uid) throw new Error(`original ${ownerResource.kind} ${keyOf(owner)} is gone: got uid ${fresh.metadata.uid}, wanted ${uid}`);
  if (fresh.metadata.deletionTimestamp) throw new Error(`${keyOf(owner)} has just been deleted at ${fresh.metadata.deletionTimestamp}`);
}

/** Returns false where the object is gone. */
async function adopt<Owner extends KubeObject, T extends KubeObject>({ client, owner, ownerResource, resource }: Claim<Owner, T>, object: Stored<T>): Promise<boolean> {
  const { namespace, name, uid } = object.metadata;
  const patch = { metadata: { ownerReferences: [controllerRef(owner, ownerResource)], uid } };
  const reason = `no controller owns ${what(resource, name)} and the selector of ${what(ownerResource, owner.metadata.name)} matches its labels: adopted`;
  try {
    await client.of(resource).patch(namespace, name, patch, 'strategic', { reason });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function release<Owner extends KubeObject, T extends KubeObject>({ client, owner, ownerResource, resource }: Claim<Owner, T>, object: Stored<T>): Promise<void> {
  const { namespace, name, uid } = object.metadata;
  const patch = { metadata: { uid, ownerReferences: [{ $patch: 'delete', uid: owner.metadata.uid }] } };
  const reason = `the selector of ${what(ownerResource, owner.metadata.name)} no longer matches the labels of ${what(resource, name)}: released`;
  try {
    await client.of(resource).patch(namespace, name, patch, 'strategic', { reason });
  } catch (error) {
    // Gone already, or replaced by another of the same name, or without the reference: nothing is left to release.
    if (!isNotFound(error) && !isInvalid(error)) throw error;
  }
}

const what = (resource: ResourceFacts, name: string): string => `${groupResourceName({ group: '', plural: resource.singular })} ${name}`;

/** Several errors in one, worded as apimachinery's util/errors.Aggregate; a single one stays itself. */
export function aggregate(errors: readonly Error[]): Error {
  const [first] = errors;
  if (first && errors.length === 1) return first;
  return new Error(`[${[...new Set(errors.map((error) => error.message))].join(', ')}]`, { cause: first });
}
