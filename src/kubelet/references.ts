/**
 * The ConfigMaps, Secrets and claims that pods refer to, from the shared caches. A cache may be a moment behind the pod
 * that was created after them, so what it lacks is asked for once before it is said to be missing.
 */
import type { ConfigMap, PersistentVolumeClaim, Secret } from '../api/generated/types.ts';
import { CONFIGMAPS, PERSISTENTVOLUMECLAIMS, SECRETS, type Resource } from '../api/kinds.ts';
import { keyOf, objectKey, type KubeObject, type Stored } from '../api/object.ts';
import { isNotFound } from '../api/status.ts';
import type { Client } from '../client/client.ts';
import type { ComponentContext } from '../client/component.ts';

export type Referenced = ConfigMap | Secret | PersistentVolumeClaim;
type Kind = 'configmap' | 'secret' | 'persistentvolumeclaim';

/** 'asking': the answer is under way, the waiter will be called. */
export type Found<T> = { readonly object: Stored<T> } | 'missing' | 'asking';

/** Who waits for objects to appear or to change. */
export interface Waiter {
  wake(): void;
  /** As whom the objects are asked for: the waiter's node. */
  readonly client: Client;
}

export class References {
  readonly #context: ComponentContext;
  /** Objects said to be missing, and asked-for ones that the caches didn't have yet. */
  readonly #answers = new Map<string, 'missing' | 'asking' | Stored<Referenced>>();
  readonly #waiters = new Map<string, Set<Waiter>>();

  constructor(context: ComponentContext) {
    this.#context = context;
    this.#follow('configmap', CONFIGMAPS);
    this.#follow('secret', SECRETS);
    this.#follow('persistentvolumeclaim', PERSISTENTVOLUMECLAIMS);
  }

  configMap(namespace: string, name: string, waiter: Waiter): Found<ConfigMap> {
    return this.#find('configmap', CONFIGMAPS, namespace, name, waiter);
  }

  secret(namespace: string, name: string, waiter: Waiter): Found<Secret> {
    return this.#find('secret', SECRETS, namespace, name, waiter);
  }

  claim(namespace: string, name: string, waiter: Waiter): Found<PersistentVolumeClaim> {
    return this.#find('persistentvolumeclaim', PERSISTENTVOLUMECLAIMS, namespace, name, waiter);
  }

  /** The waiter is not called any more. */
  forget(waiter: Waiter): void {
    for (const [id, waiters] of this.#waiters) if (waiters.delete(waiter) && waiters.size === 0) this.#waiters.delete(id);
  }

  /** Called when a referenced object is there but lacks what is wanted: the waiter hears of its changes. */
  watch(kind: Kind, namespace: string, name: string, waiter: Waiter): void {
    const id = `${kind}/${namespace}/${name}`;
    const waiters = this.#waiters.get(id);
    if (waiters) waiters.add(waiter);
    else this.#waiters.set(id, new Set([waiter]));
  }

  #follow<T extends KubeObject>(kind: Kind, resource: Resource<T>): void {
    const changed = (object: Stored<T>) => {
      const id = `${kind}/${keyOf(object)}`;
      this.#answers.delete(id);
      const waiters = this.#waiters.get(id);
      if (!waiters) return;
      this.#waiters.delete(id);
      for (const waiter of waiters) waiter.wake();
    };
    this.#context.informers.of(resource).onChange({ added: changed, updated: (_, object) => changed(object) });
  }

  #find<T extends Referenced>(kind: Kind, resource: Resource<T>, namespace: string, name: string, waiter: Waiter): Found<T> {
    const cached = this.#context.informers.of(resource).get(objectKey(namespace, name));
    if (cached) return { object: cached };
    const id = `${kind}/${objectKey(namespace, name)}`;
    const answer = this.#answers.get(id);
    if (answer === undefined) {
      this.#answers.set(id, 'asking');
      void this.#ask(waiter.client, id, resource, namespace, name);
    }
    if (typeof answer === 'object') return { object: answer as unknown as Stored<T> };
    this.watch(kind, namespace, name, waiter);
    return answer ?? 'asking';
  }

  async #ask<T extends Referenced>(client: Client, id: string, resource: Resource<T>, namespace: string, name: string): Promise<void> {
    try {
      const object = await client.of(resource).get(namespace, name);
      this.#answers.set(id, object as unknown as Stored<Referenced>);
    } catch (error) {
      if (!isNotFound(error)) this.#context.log.error(`cannot get ${id}: ${(error as Error).message}`);
      this.#answers.set(id, 'missing');
    }
    const waiters = this.#waiters.get(id);
    this.#waiters.delete(id);
    for (const waiter of waiters ?? []) waiter.wake();
  }
}
