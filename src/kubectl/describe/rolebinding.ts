/** Role bindings and cluster role bindings (kubectl pkg/describe/describe.go: RoleBindingDescriber). */
import type { RoleBinding } from '../../api/generated/types.ts';
import { writeIdentity } from './metadata.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

/** Serves bindings of namespaces and of the cluster alike. */
export const describe: Describe = async (reader, namespace, name, { plural }) => {
  const { metadata, roleRef, subjects = [] } = await reader.get(typed<RoleBinding>('rbac.authorization.k8s.io', 'v1', plural), namespace, name);
  return page((w) => {
    writeIdentity(w, metadata, false);
    w.heading('Role');
    w.field('Kind', roleRef.kind, 1);
    w.field('Name', roleRef.name, 1);
    w.heading('Subjects');
    w.columns(1, 'Kind', 'Name', 'Namespace');
    for (const subject of subjects) w.row(1, subject.kind, subject.name, subject.namespace ?? '');
  });
};
