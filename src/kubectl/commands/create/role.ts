/** kubectl create role. */
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { newMeta } from '../../generate/object.ts';
import { checkRuleResources, policyRules, ruleResources, ruleVerbs, unusualVerbs } from '../../generate/policy-rules.ts';
import { RBAC_GROUP } from '../../generate/role-binding.ts';
import { createFlags, prepareCreate, requireName } from './shared.ts';

export const ruleFlags = {
  resource: { type: 'strings', default: [], description: 'Resource that the rule is about.' },
  'resource-name': { type: 'array', default: [], description: 'Name of the one object that the rule is about. May be given several times.' },
  verb: { type: 'strings', default: [], description: 'Verb that the rule allows.' },
} as const;

export const command = defineCommand({
  name: 'role',
  usage: 'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a role with single rule.',
  examples: `# A role that may look at pods
kubectl create role pod-reader --verb=get --verb=list --verb=watch --resource=pods

# Only at two of them
kubectl create role pod-reader --verb=get --resource=pods --resource-name=readablepod --resource-name=anotherpod

# Resources of an API group
kubectl create role foo --verb=get,list,watch --resource=rs.apps

# Subresources
kubectl create role foo --verb=get,list,watch --resource=pods,pods/status`,
  flags: { ...createFlags, ...ruleFlags },
  async run(ctx, args, flags) {
    const { name, namespace, create } = await prepareCreate(ctx, args, flags);
    const verbs = ruleVerbs(flags.values.verb);
    const resources = ruleResources(flags.values.resource);
    requireName(name);
    if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
    for (const verb of unusualVerbs(verbs)) ctx.streams.stderr.write(`Warning: '${verb}' is not a standard resource verb\n`);
    if (resources.length === 0) throw new CommandError('at least one resource must be specified');
    const mapper = await ctx.mapper();
    await checkRuleResources(mapper, resources, verbs);
    const rules = await policyRules(mapper, { verbs, resources, resourceNames: flags.values['resource-name'], nonResourceURLs: [] });
    await create({ kind: 'Role', apiVersion: `${RBAC_GROUP}/v1`, metadata: newMeta(name, namespace), rules });
  },
});
