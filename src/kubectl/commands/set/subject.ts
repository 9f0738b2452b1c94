/** kubectl set subject (kubectl pkg/cmd/set/set_subject.go). */
import { equal } from '../../../api/json.ts';
import type { RbacV1Subject } from '../../../api/generated/types.ts';
import { defineCommand } from '../../command.ts';
import { LOCAL_RESOURCE } from '../../builder/builder.ts';
import { CommandError } from '../../errors.ts';
import { compareBytes } from '../../../api/go-json.ts';
import { applyChange, findTyped, selectorFlags, SERVER_AND_LOCAL, setFlags, settingOf } from './shared.ts';

const flagTable = {
  ...setFlags,
  ...selectorFlags,
  user: { type: 'array', default: [], description: 'User to bind to the role.' },
  group: { type: 'array', default: [], description: 'Group to bind to the role.' },
  serviceaccount: { type: 'array', default: [], description: 'Service account to bind to the role, as NAMESPACE:NAME.' },
} as const;

const RBAC = 'rbac.authorization.k8s.io';
const unique = (values: readonly string[]): string[] => [...new Set(values)].sort(compareBytes);

export const command = defineCommand({
  name: 'subject',
  usage: 'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  short: 'Update the user, group, or service account in a role binding or cluster role binding',
  long: 'Add users, groups or service accounts to a role binding or cluster role binding.',
  examples: `# A service account
kubectl set subject clusterrolebinding admin --serviceaccount=namespace:serviceaccount1

# Two users and a group
kubectl set subject rolebinding admin --user=user1 --user=user2 --group=group1

# Change what comes from a pipe and print it, without a server
kubectl create rolebinding admin --role=admin --user=admin -o yaml --dry-run=client | kubectl set subject --local -f - --user=foo -o yaml`,
  flags: flagTable,
  async run(ctx, args, flags) {
    const { values } = flags;
    const setting = await settingOf(ctx, flags, 'subjects updated');
    if (values.local && args.length > 0) throw new CommandError(LOCAL_RESOURCE);
    const infos = await findTyped(ctx, args, flags);
    if (values.local && setting.dryRun === 'server') throw new CommandError(SERVER_AND_LOCAL);
    if (values.all && values.selector !== '') throw new CommandError('cannot set --all and --selector at the same time');
    if (values.user.length === 0 && values.group.length === 0 && values.serviceaccount.length === 0) throw new CommandError('you must specify at least one value of user, group or serviceaccount');
    for (const account of values.serviceaccount) {
      const [namespace, name, ...more] = account.split(':');
      if (!name || more.length > 0) throw new CommandError('serviceaccount must be <namespace>:<name>');
      if (namespace === '' && infos.some((info) => info.object?.kind === 'ClusterRoleBinding')) throw new CommandError('serviceaccount must be <namespace>:<name>, namespace must be specified');
    }
    const own = await ctx.namespace();
    const subjects: RbacV1Subject[] = [
      ...unique(values.user).map((name) => ({ kind: 'User', apiGroup: RBAC, name })),
      ...unique(values.group).map((name) => ({ kind: 'Group', apiGroup: RBAC, name })),
      ...unique(values.serviceaccount).map((account) => {
        const [namespace, name = ''] = account.split(':');
        return { kind: 'ServiceAccount', name, namespace: namespace || own };
      }),
    ];
    await applyChange(ctx, infos, setting, {
      failure: 'failed to patch subjects to rolebinding:',
      mutate(object) {
        if (object.kind !== 'RoleBinding' && object.kind !== 'ClusterRoleBinding') throw new Error('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
        const binding = object as unknown as { subjects?: RbacV1Subject[] };
        const present = binding.subjects ?? [];
        const added = subjects.filter((subject) => !present.some((each) => equal(each, subject)));
        if (added.length === 0) return false;
        binding.subjects = [...present, ...added];
        return true;
      },
    });
  },
});
