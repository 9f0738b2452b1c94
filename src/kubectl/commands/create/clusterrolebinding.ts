/** kubectl create clusterrolebinding. */
import { defineCommand } from '../../command.ts';
import { newMeta } from '../../generate/object.ts';
import { RBAC_GROUP, subjects } from '../../generate/role-binding.ts';
import { createFlags, prepareCreate } from './shared.ts';

export const command = defineCommand({
  name: 'clusterrolebinding',
  usage: 'clusterrolebinding NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Create a cluster role binding for a particular cluster role.',
  examples: '# The cluster role "cluster-admin" for two users and a group\nkubectl create clusterrolebinding cluster-admin --clusterrole=cluster-admin --user=user1 --user=user2 --group=group1',
  flags: {
    ...createFlags,
    clusterrole: { type: 'string', default: '', description: 'Cluster role to bind.' },
    group: { type: 'array', default: [], description: 'Group that gets the role. May be given several times.' },
    serviceaccount: { type: 'array', default: [], description: 'Service account that gets the role: <namespace>:<name>. May be given several times.' },
    user: { type: 'array', default: [], description: 'User that gets the role. May be given several times.' },
  },
  required: ['clusterrole'],
  async run(ctx, args, flags) {
    const { name, create } = await prepareCreate(ctx, args, flags);
    const roleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: flags.values.clusterrole };
    await create(
      { kind: 'ClusterRoleBinding', apiVersion: `${RBAC_GROUP}/v1`, metadata: newMeta(name), ...subjects(flags.values), roleRef },
      { failure: 'failed to create clusterrolebinding:' },
    );
  },
});
