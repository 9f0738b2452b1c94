/** kubectl create clusterrole. */
import { defineCommand } from '../../command.ts';
import { CommandError } from '../../errors.ts';
import { newMeta } from '../../generate/object.ts';
import { checkRuleResources, policyRules, ruleResources, ruleVerbs, unusualVerbs } from '../../generate/policy-rules.ts';
import { RBAC_GROUP } from '../../generate/role-binding.ts';
import { ruleFlags } from './role.ts';
import { createFlags, prepareCreate, requireName } from './shared.ts';

const URL_VERBS = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options'];

export const command = defineCommand({
  name: 'clusterrole',
  usage: 'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  short: 'Create a cluster role.',
  examples: `# A cluster role that may look at pods
kubectl create clusterrole pod-reader --verb=get,list,watch --resource=pods

# Only at two of them
kubectl create clusterrole pod-reader --verb=get --resource=pods --resource-name=readablepod --resource-name=anotherpod

# Resources of an API group
kubectl create clusterrole foo --verb=get,list,watch --resource=rs.apps

# Paths that are no resources
kubectl create clusterrole "foo" --verb=get --non-resource-url=/logs/*

# The sum of other cluster roles
kubectl create clusterrole monitoring --aggregation-rule="rbac.example.com/aggregate-to-monitoring=true"`,
  flags: {
    ...createFlags,
    ...ruleFlags,
    'aggregation-rule': { type: 'mapStringString', default: new Map(), description: 'Label query for the cluster roles whose rules this one sums up.' },
    'non-resource-url': { type: 'strings', default: [], description: 'Path, or its beginning with a *, that the rule is about.' },
  },
  async run(ctx, args, flags) {
    const aggregation = flags.values['aggregation-rule'];
    const nonResourceURLs = flags.values['non-resource-url'];
    const resourceNames = flags.values['resource-name'];
    const { name, create } = await prepareCreate(ctx, args, flags);
    const verbs = ruleVerbs(flags.values.verb);
    const resources = ruleResources(flags.values.resource);
    requireName(name);
    const metadata = newMeta(name);
    const base = { kind: 'ClusterRole', apiVersion: `${RBAC_GROUP}/v1`, metadata };
    if (aggregation.size > 0) {
      if (nonResourceURLs.length + verbs.length + resources.length + resourceNames.length > 0) {
        throw new CommandError('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames');
      }
      return create({ ...base, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: Object.fromEntries(aggregation) }] } });
    }
    if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
    if (resources.length === 0 && nonResourceURLs.length === 0) throw new CommandError('one of resource or nonResourceURL must be specified');
    const mapper = await ctx.mapper();
    if (resources.length > 0) {
      for (const verb of unusualVerbs(verbs)) ctx.streams.stderr.write(`Warning: '${verb}' is not a standard resource verb\n`);
      await checkRuleResources(mapper, resources, verbs);
    }
    if (nonResourceURLs.length > 0) checkUrls(nonResourceURLs, verbs);
    await create({ ...base, rules: await policyRules(mapper, { verbs, resources, resourceNames, nonResourceURLs }) });
  },
});

function checkUrls(urls: readonly string[], verbs: readonly string[]): void {
  const unknown = verbs.find((verb) => !URL_VERBS.includes(verb));
  if (unknown !== undefined) throw new CommandError(`invalid verb: '${unknown}' for nonResourceURL`);
  for (const url of urls) {
    if (url === '*') continue;
    if (!url.startsWith('/')) throw new CommandError('nonResourceURL should start with /');
    if (url.slice(0, -1).includes('*')) throw new CommandError("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
}
