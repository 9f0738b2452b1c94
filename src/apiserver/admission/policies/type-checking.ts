/** Checks a policy's expressions against the types of the kinds that it is about. Follows apiserver pkg/admission/plugin/policy/validating/typechecking.go. */
import type { ExpressionWarning, ValidatingAdmissionPolicy } from '../../../api/generated/types.ts';
import { apiVersionOf, type ResourceFacts } from '../../../api/resource.ts';
import { schemaType, type CelType, type Schema } from '../../cel/index.ts';
import type { ServedResources } from '../../served-resources.ts';
import { CompiledPolicy } from './compiled.ts';
import { modelType } from './model-types.ts';

/** Of the kinds of one rule no more are checked. */
const MOST_KINDS = 10;

export async function typeWarnings(policy: ValidatingAdmissionPolicy, served: ServedResources): Promise<ExpressionWarning[]> {
  const kinds = await kindsOf(policy, await served.all());
  const { apiVersion = '', kind = '' } = policy.spec?.paramKind ?? {};
  const params = (await served.all()).find((resource) => resource.kind === kind && apiVersionOf(resource) === apiVersion);
  const paramsType = params && (await typeOf(params, served));
  const checked = await Promise.all(
    kinds.map(async (resource) => {
      const object = await typeOf(resource, served);
      return object && { resource, policy: new CompiledPolicy(policy, { object, ...(paramsType ? { paramsType } : {}) }) };
    }),
  );
  const warning = (fieldRef: string, expression: string | undefined): ExpressionWarning[] => {
    if (!expression) return [];
    const texts = checked.flatMap((each) => {
      const fault = each?.policy.fault(expression);
      return each && fault ? [`${each.resource.group}/${each.resource.version}, Kind=${each.resource.kind}: ${fault}\n`] : [];
    });
    return texts.length > 0 ? [{ fieldRef, warning: texts.join('\n') }] : [];
  };
  return (policy.spec?.validations ?? []).flatMap(({ expression, messageExpression }, i) => [
    ...warning(`spec.validations[${i}].expression`, expression),
    ...warning(`spec.validations[${i}].messageExpression`, messageExpression),
  ]);
}

/** The kinds that are named without wildcards, by group, version and kind. */
async function kindsOf({ spec }: ValidatingAdmissionPolicy, all: readonly ResourceFacts[]): Promise<ResourceFacts[]> {
  const found = new Set<ResourceFacts>();
  for (const { apiGroups = [], apiVersions = [], resources = [] } of spec?.matchConstraints?.resourceRules ?? []) {
    if ([...apiGroups, ...apiVersions].some((name) => name.includes('*'))) continue;
    const named = all.filter(({ group, version, plural }) => apiGroups.includes(group) && apiVersions.includes(version) && resources.includes(plural));
    for (const resource of named.slice(0, MOST_KINDS)) found.add(resource);
  }
  const key = ({ group, version, kind }: ResourceFacts): string => `${group}\0${version}\0${kind}`;
  return [...found].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

async function typeOf(resource: ResourceFacts, served: ServedResources): Promise<CelType | undefined> {
  if (resource.model !== '') return modelType(resource.model, resource.kind);
  const schema = (await served.find(resource.group, resource.version, resource.plural))?.custom?.schema as Schema | undefined;
  return schema && schemaType(schema, true, resource.kind);
}
