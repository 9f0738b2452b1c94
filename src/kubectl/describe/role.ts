/** Roles and cluster roles: one line for each resource (kubectl pkg/describe/describe.go: RoleDescriber). */
import type { Role } from '../../api/generated/types.ts';
import { RULE_HEADERS, ruleRows } from '../shared/policy-rules.ts';
import { writeIdentity } from './metadata.ts';
import { typed, type Describe } from './reader.ts';
import { page } from './writer.ts';

/** Serves roles and cluster roles alike. */
export const describe: Describe = async (reader, namespace, name, { plural }) => {
  const role = await reader.get(typed<Role>('rbac.authorization.k8s.io', 'v1', plural), namespace, name);
  return page((w) => {
    writeIdentity(w, role.metadata, false);
    w.heading('PolicyRule');
    w.columns(1, ...RULE_HEADERS);
    for (const row of ruleRows(role.rules ?? [])) w.row(1, ...row);
  });
};
