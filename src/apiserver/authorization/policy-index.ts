/** The stored roles and bindings, with the bindings found by their subjects; kept up to date by the watch caches. */
import type { ClusterRole, ClusterRoleBinding, PolicyRule, RbacV1Subject, Role, RoleBinding } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import type { UserInfo } from '../../api/request.ts';
import { CLUSTERROLEBINDINGS, CLUSTERROLES, ROLEBINDINGS, ROLES } from '../../api/rbac/resources.ts';
import type { Storages } from '../storage/storages.ts';
import type { WatchCache } from '../storage/watch-cache.ts';

export type Binding = Stored<ClusterRoleBinding | RoleBinding>;

/** What is looked up for one question; valid as long as nothing is awaited. */
export interface BoundPolicy {
  /** The bindings of a user, ClusterRoleBindings where the namespace is '', in the order of names. */
  bindings(namespace: string, user: UserInfo): readonly Binding[];
  /** Undefined where there is no such role. */
  rulesOf(kind: string, namespace: string, name: string): readonly PolicyRule[] | undefined;
}

export class PolicyIndex {
  #open: BoundPolicy | undefined;
  #opening: Promise<BoundPolicy> | undefined;

  constructor(private readonly storages: Storages) {}

  /** The policy as it is, at once when it has been asked for before. */
  current(): BoundPolicy | Promise<BoundPolicy> {
    return this.#open ?? (this.#opening ??= this.#build().finally(() => (this.#opening = undefined)));
  }

  async #build(): Promise<BoundPolicy> {
    const cacheOf = (resource: typeof ROLES | typeof CLUSTERROLES | typeof ROLEBINDINGS | typeof CLUSTERROLEBINDINGS) => this.storages.of(resource).cache();
    const roles = await cacheOf(ROLES);
    const clusterRoles = await cacheOf(CLUSTERROLES);
    const caches = [await cacheOf(ROLEBINDINGS), await cacheOf(CLUSTERROLEBINDINGS)];
    const subjects = new SubjectIndex();
    const ends: (() => void)[] = [];
    const startAgain = () => {
      this.#open = undefined;
      for (const end of ends.splice(0)) end();
    };
    for (const cache of caches) ends.push(follow(cache, subjects, startAgain));
    for (const cache of [roles, clusterRoles]) ends.push(cache.subscribe({}, () => undefined, startAgain));
    return (this.#open = {
      bindings: (namespace, user) => subjects.find(namespace, user),
      rulesOf: (kind, namespace, name) => {
        const role = (kind === 'ClusterRole' ? clusterRoles.get('', name) : kind === 'Role' ? roles.get(namespace, name) : undefined) as ClusterRole | Role | undefined;
        return role && (role.rules ?? []);
      },
    });
  }
}

function follow(cache: WatchCache, subjects: SubjectIndex, startAgain: () => void): () => void {
  for (const binding of cache.list()) subjects.add(binding as Binding);
  return cache.subscribe({}, ({ type, object, previous }) => {
    if (previous) subjects.remove(previous as Binding);
    if (type !== 'DELETED') subjects.add(object as Binding);
  }, startAgain);
}

/** Bindings by their namespace ('' for the cluster's) and subject. */
class SubjectIndex {
  readonly #bindings = new Map<string, Binding[]>();
  /** What was found since the last change, by user and namespace: components ask again and again. */
  #found = new WeakMap<UserInfo, Map<string, readonly Binding[]>>();

  add(binding: Binding): void {
    this.#found = new WeakMap();
    for (const key of keysOf(binding)) {
      const bindings = this.#bindings.get(key);
      if (bindings) bindings.push(binding);
      else this.#bindings.set(key, [binding]);
    }
  }

  remove(binding: Binding): void {
    this.#found = new WeakMap();
    for (const key of keysOf(binding)) {
      const left = this.#bindings.get(key)?.filter(({ metadata }) => metadata.uid !== binding.metadata.uid) ?? [];
      if (left.length > 0) this.#bindings.set(key, left);
      else this.#bindings.delete(key);
    }
  }

  find(namespace: string, user: UserInfo): readonly Binding[] {
    let known = this.#found.get(user);
    if (!known) this.#found.set(user, (known = new Map()));
    let bindings = known.get(namespace);
    if (!bindings) known.set(namespace, (bindings = this.#search(namespace, user)));
    return bindings;
  }

  #search(namespace: string, { username, groups }: UserInfo): readonly Binding[] {
    const found = new Set(this.#bindings.get(`${namespace}/User/${username}`));
    for (const group of groups) for (const binding of this.#bindings.get(`${namespace}/Group/${group}`) ?? []) found.add(binding);
    return [...found].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }
}

/** The keys under which a binding is found; a service account is found by its user name. */
function keysOf({ metadata: { namespace = '' }, subjects }: Binding): ReadonlySet<string> {
  return new Set((subjects ?? []).map((subject) => `${namespace}/${subjectKey(subject, namespace)}`));
}

function subjectKey({ kind, name, namespace }: RbacV1Subject, bindingNamespace: string): string {
  if (kind !== 'ServiceAccount') return `${kind}/${name}`;
  const home = namespace || bindingNamespace;
  return home ? `User/system:serviceaccount:${home}:${name}` : '';
}
