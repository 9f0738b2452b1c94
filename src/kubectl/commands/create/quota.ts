/** kubectl create quota. */
import { canonicalQuantity } from '../../../api/quantity.ts';
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { newMeta, optional, type StringMap } from '../../generate/object.ts';
import { createFlags, prepareCreate, requireName } from './shared.ts';

export const command = defineCommand({
  name: 'quota',
  aliases: ['resourcequota'],
  usage: 'quota NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]',
  short: 'Create a quota with the specified name.',
  long: 'Create a resource quota with the specified name, hard limits, and optional scopes.',
  examples: `# A quota
kubectl create quota my-quota --hard=cpu=1,memory=1G,pods=2,services=3,replicationcontrollers=2,resourcequotas=1,secrets=5,persistentvolumeclaims=10

# With a scope
kubectl create quota best-effort --hard=pods=100 --scopes=BestEffort`,
  flags: {
    ...createFlags,
    hard: { type: 'string', default: '', description: 'Hard limits: resource=quantity, separated by commas.' },
    scopes: { type: 'string', default: '', description: 'Scopes that all must match what the quota counts, separated by commas.' },
  },
  async run(ctx, args, flags) {
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    requireName(name);
    const hard = hardLimits(flags.values.hard);
    const scopes = flags.values.scopes === '' ? [] : flags.values.scopes.split(',');
    if (scopes.includes('')) throw new CommandError('invalid resource quota scope ""');
    await create(
      { kind: 'ResourceQuota', apiVersion: 'v1', metadata: newMeta(name, namespace), spec: { ...(hard ? { hard } : {}), ...optional('scopes', scopes) }, status: {} },
      { failure: 'failed to create quota:' },
    );
  },
});

function hardLimits(text: string): StringMap | undefined {
  if (text === '') return undefined;
  const limits: StringMap = {};
  for (const statement of text.split(',')) {
    const [resource = '', amount, ...rest] = statement.split('=');
    if (amount === undefined || rest.length > 0) throw new CommandError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    limits[resource] = canonicalQuantity(amount);
  }
  return limits;
}
