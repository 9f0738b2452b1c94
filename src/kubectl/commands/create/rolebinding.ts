/** kubectl create rolebinding. */
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { newMeta } from '../../generate/object.ts';
import { RBAC_GROUP, subjects } from '../../generate/role-binding.ts';
import { createFlags, prepareCreate, requireName } from './shared.ts';

export const command = defineCommand({
  name: 'rolebinding',
  usage: 'rolebinding NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a role binding for a particular role or cluster role.',
  examples: `# The cluster role "admin" for two users and a group
kubectl create rolebinding admin --clusterrole=admin --user=user1 --user=user2 --group=group1

# A role for a service account
kubectl create rolebinding admin-binding --role=admin --serviceaccount=monitoring:sa-dev`,
  flags: {
    ...createFlags,
    clusterrole: { type: 'string', default: '', description: 'Cluster role to bind.' },
    group: { type: 'array', default: [], description: 'Group that gets the role. May be given several times.' },
    role: { type: 'string', default: '', description: 'Role to bind.' },
    serviceaccount: { type: 'array', default: [], description: 'Service account that gets the role: <namespace>:<name>. May be given several times.' },
    user: { type: 'array', default: [], description: 'User that gets the role. May be given several times.' },
  },
  async run(ctx, args, flags) {
    const { clusterrole, role } = flags.values;
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    requireName(name);
    if ((clusterrole === '') === (role === '')) throw new CommandError('exactly one of clusterrole or role must be specified');
    const roleRef = role !== '' ? { apiGroup: RBAC_GROUP, kind: 'Role', name: role } : { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: clusterrole };
    await create(
      { kind: 'RoleBinding', apiVersion: `${RBAC_GROUP}/v1`, metadata: newMeta(name, namespace), ...subjects(flags.values), roleRef },
      { failure: 'failed to create rolebinding:' },
    );
  },
});
