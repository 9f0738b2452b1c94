/** kubectl create priorityclass. */
import { defineCommand } from '../../command.ts';
import { newMeta, optional } from '../../generate/object.ts';
import { createFlags, prepareCreate } from './shared.ts';

export const command = defineCommand({
  name: 'priorityclass',
  aliases: ['pc'],
  usage: 'priorityclass NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]',
  short: 'Create a priority class with the specified name.',
  long: 'Create a priority class with the specified name, value, globalDefault and description.',
  examples: `# A priority class
kubectl create priorityclass high-priority --value=1000 --description="high priority"

# The default for pods that name none
kubectl create priorityclass default-priority --value=1000 --global-default=true --description="default priority"

# One whose pods evict no others
kubectl create priorityclass high-priority --value=1000 --description="high priority" --preemption-policy="Never"`,
  flags: {
    ...createFlags,
    description: { type: 'string', default: '', description: 'When to use this class, in words.' },
    'global-default': { type: 'bool', default: false, description: 'Whether pods that name no class get this one.' },
    'preemption-policy': { type: 'string', default: 'PreemptLowerPriority', description: 'Whether pods of this class may evict those of lower priority.' },
    value: { type: 'int32', default: 0, description: 'The priority.' },
  },
  async run(ctx, args, flags) {
    const { value, description, 'global-default': globalDefault, 'preemption-policy': preemptionPolicy } = flags.values;
    const { name, create } = await prepareCreate(ctx, args, flags);
    await create(
      { kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', metadata: newMeta(name), value, ...optional('globalDefault', globalDefault), ...optional('description', description), preemptionPolicy },
      { failure: 'failed to create priorityclass:' },
    );
  },
});
