/**
 * Policies and webhooks with expressions are compiled before they are stored: what can't be compiled is refused, and what
 * doesn't fit the types of the kinds that a policy is about is told in its status. Follows kubernetes
 * pkg/apis/admissionregistration/validation and apiserver pkg/admission/plugin/policy/validating/typechecking.go.
 */
import type { MutatingWebhookConfiguration, ValidatingAdmissionPolicy, ValidatingWebhookConfiguration } from '../../../api/generated/types.ts';
import { equal, type Draft } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/object.ts';
import type { Finish, WriteHooks } from '../../registry/create.ts';
import type { RequestScope } from '../../registry/scope.ts';
import type { ServedResources } from '../../served-resources.ts';
import { invalid, invalidObject, Path, type FieldError } from '../../validation/field.ts';
import type { Declared } from '../expressions.ts';

const finish: Finish = () => undefined;

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

interface Written {
  readonly path: Path;
  readonly expression: string | undefined;
  readonly declared: Declared;
  readonly types: readonly string[];
}

async function refuseFaulty(scope: RequestScope, written: readonly Written[]): Promise<void> {
  const { compileExpression } = await import('../expressions.ts');
  const errors: FieldError[] = [];
  for (const { path, expression, declared, types } of written) {
    if (!expression?.trim()) continue;
    const compiled = compileExpression(expression, declared, types);
    if ('error' in compiled) errors.push(invalid(path, expression, compiled.error));
  }
  if (errors.length > 0) throw invalidObject(scope.resource, scope.name || '', errors);
}

const conditions = (list: readonly { readonly expression: string }[] | undefined, path: Path, params: boolean): Written[] =>
  (list ?? []).map(({ expression }, i) => ({ path: path.index(i).child('expression'), expression, declared: { params, authorizer: true }, types: ['bool'] }));

/** By "group/plural". */
export const expressionHooks = (served: () => ServedResources): Readonly<Record<string, WriteHooks>> => ({
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': webhookHooks,
  'admissionregistration.k8s.io/validatingwebhookconfigurations': webhookHooks,
  'admissionregistration.k8s.io/validatingadmissionpolicies': policyHooks(served),
});

/** Match conditions of webhooks. */
const webhookHooks: WriteHooks = {
  beforeCreate: async (scope, object) => checkWebhooks(scope, object as Draft<Configuration>),
  beforeUpdate: async (scope, object) => checkWebhooks(scope, object as Draft<Configuration>),
};

async function checkWebhooks(scope: RequestScope, { webhooks = [], metadata }: Configuration): Promise<Finish> {
  const written = webhooks.flatMap(({ matchConditions }, i) => conditions(matchConditions, Path.of('webhooks').index(i).child('matchConditions'), false));
  if (written.length > 0) await refuseFaulty({ ...scope, name: metadata?.name ?? '' }, written);
  return finish;
}

/** Expressions of policies, and what their status tells of them. */
function policyHooks(served: () => ServedResources): WriteHooks {
  const check = async (scope: RequestScope, object: Draft<KubeObject>): Promise<Finish> => {
    const policy = object as Draft<ValidatingAdmissionPolicy>;
    await checkPolicy(scope, policy);
    const { typeWarnings } = await import('./type-checking.ts');
    const warnings = await typeWarnings(policy, served());
    policy.status = { ...policy.status, observedGeneration: policy.metadata?.generation ?? 1, typeChecking: warnings.length > 0 ? { expressionWarnings: warnings } : {} };
    return finish;
  };
  return {
    beforeCreate: check,
    beforeUpdate: async (scope, object, old) => (equal((object as ValidatingAdmissionPolicy).spec, (old as ValidatingAdmissionPolicy).spec) ? finish : check(scope, object)),
  };
}

async function checkPolicy(scope: RequestScope, { spec, metadata }: ValidatingAdmissionPolicy): Promise<void> {
  const { DYN } = await import('../../cel/index.ts');
  const path = Path.of('spec');
  const params = spec?.paramKind !== undefined;
  // What a variable is of is known only when it is evaluated: the kinds of the objects aren't.
  const variables = Object.fromEntries((spec?.variables ?? []).map(({ name }) => [name, DYN]));
  const full: Declared = { params, authorizer: true, variables };
  const plain: Declared = { ...full, authorizer: false };
  const at = (list: string, i: number, field: string): Path => path.child(list).index(i).child(field);
  await refuseFaulty({ ...scope, name: metadata?.name ?? '' }, [
    ...conditions(spec?.matchConditions, path.child('matchConditions'), params),
    ...(spec?.variables ?? []).map(({ expression }, i): Written => ({ path: at('variables', i, 'expression'), expression, declared: full, types: [] })),
    ...(spec?.validations ?? []).flatMap(({ expression, messageExpression }, i): Written[] => [
      { path: at('validations', i, 'expression'), expression, declared: full, types: ['bool'] },
      { path: at('validations', i, 'messageExpression'), expression: messageExpression, declared: plain, types: ['string'] },
    ]),
    ...(spec?.auditAnnotations ?? []).map(({ valueExpression }, i): Written => ({ path: at('auditAnnotations', i, 'valueExpression'), expression: valueExpression, declared: full, types: ['string', 'null'] })),
  ]);
}
