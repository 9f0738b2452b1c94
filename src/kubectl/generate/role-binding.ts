/** Subjects of role bindings (kubectl pkg/cmd/create/create_rolebinding.go). */
import { CommandError } from '../errors.ts';

export const RBAC_GROUP = 'rbac.authorization.k8s.io';

export interface SubjectFlags {
  readonly user: readonly string[];
  readonly group: readonly string[];
  /** "namespace:name" */
  readonly serviceaccount: readonly string[];
}

export function subjects({ user, group, serviceaccount }: SubjectFlags): { readonly subjects?: readonly object[] } {
  const all = [
    ...user.map((name) => ({ kind: 'User', apiGroup: RBAC_GROUP, name })),
    ...group.map((name) => ({ kind: 'Group', apiGroup: RBAC_GROUP, name })),
    ...serviceaccount.map((text) => {
      const [namespace = '', name = '', ...rest] = text.split(':');
      if (namespace === '' || name === '' || rest.length > 0) throw new CommandError('serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name, namespace };
    }),
  ];
  return all.length > 0 ? { subjects: all } : {};
}
