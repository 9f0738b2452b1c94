/**
 * CEL over a request: what match conditions and policies can name, and how their expressions are compiled and evaluated.
 * Follows apiserver pkg/admission/plugin/cel and webhook/matchconditions. Loaded with the first expression.
 */
import type { Namespace } from '../../api/generated/types.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import {
  AUTHORIZER, authorizerValue, BOOL, CelCompileError, CelCostError, CelError, compileCel, DYN, dynamicValue, formatType, INT, listOf, mapOf, objectType, RESOURCE_CHECK, resourceCheckValue, STRING, TIMESTAMP,
  type AccessCheck, type CelProgram, type CelType, type CelValue, type CelVariables,
} from '../cel/index.ts';
import { admissionRequest } from './admission-request.ts';
import { nameOf, namespaceOf } from './matching.ts';
import type { Attributes } from './plugin.ts';

/** What all match conditions of a webhook or a policy may cost (RuntimeCELCostBudgetMatchConditions). */
export const MATCH_CONDITIONS_BUDGET = 2_500_000;
export const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

const struct = (name: string, fields: Readonly<Record<string, CelType>>): CelType => objectType(name, (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined));

const KIND = struct('kubernetes.GroupVersionKind', { group: STRING, version: STRING, kind: STRING });
const RESOURCE = struct('kubernetes.GroupVersionResource', { group: STRING, version: STRING, resource: STRING });
const USER = struct('kubernetes.UserInfo', { username: STRING, uid: STRING, groups: listOf(STRING), extra: mapOf(STRING, listOf(STRING)) });
const REQUEST = struct('kubernetes.AdmissionRequest', {
  kind: KIND, resource: RESOURCE, subResource: STRING, requestKind: KIND, requestResource: RESOURCE, requestSubResource: STRING, name: STRING, namespace: STRING, operation: STRING, userInfo: USER, dryRun: BOOL, options: DYN,
});
const NAMESPACE = struct('kubernetes.Namespace', {
  metadata: struct('kubernetes.NamespaceMetadata', {
    name: STRING, generateName: STRING, namespace: STRING, labels: mapOf(STRING, STRING), annotations: mapOf(STRING, STRING), UID: STRING, creationTimestamp: TIMESTAMP, deletionGracePeriodSeconds: INT, deletionTimestamp: TIMESTAMP, generation: INT, resourceVersion: STRING, finalizers: listOf(STRING),
  }),
  spec: struct('kubernetes.NamespaceSpec', { finalizers: listOf(STRING) }),
  status: struct('kubernetes.NamespaceStatus', { conditions: listOf(DYN), phase: STRING }),
});

export interface Declared {
  readonly params?: boolean;
  readonly authorizer?: boolean;
  /** The types of `variables`. */
  readonly variables?: Readonly<Record<string, CelType>>;
  /** Types that are known of the objects, for type checking. */
  readonly object?: CelType;
  readonly paramsType?: CelType;
}

export function declarations({ params, authorizer, variables, object = DYN, paramsType = DYN }: Declared): Readonly<Record<string, CelType>> {
  return {
    object, oldObject: object, request: REQUEST, namespaceObject: NAMESPACE,
    ...(params ? { params: paramsType } : {}),
    ...(authorizer ? { authorizer: AUTHORIZER, 'authorizer.requestResource': RESOURCE_CHECK } : {}),
    ...(variables ? { variables: struct('kubernetes.variables', variables) } : {}),
  };
}

/** The type of a variable that does not compile. */
export const UNKNOWN: CelType = DYN;

/** A compiled expression, or what is wrong with it. */
export type Compiled = { readonly program: CelProgram } | { readonly error: string };

/** @param wanted the types that the expression may be of, as errors name them; none for any */
export function compileExpression(expression: string, declared: Declared, wanted: readonly string[]): Compiled {
  try {
    const program = compileCel(expression, { variables: declarations(declared) });
    const type = formatType(program.type);
    if (wanted.length === 0 || wanted.includes(type)) return { program };
    return { error: wanted.length === 1 ? `must evaluate to ${wanted[0]} but got ${type}` : `must evaluate to one of [${wanted.join(' ')}] but got ${type}` };
  } catch (error) {
    if (error instanceof CelCompileError) return { error: `compilation failed: ${error.message}` };
    throw error;
  }
}

export interface Input {
  readonly attributes: Attributes;
  readonly matched: ResourceFacts;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  readonly authorizer: Authorizer;
  readonly params?: KubeObject | undefined;
  readonly namespace?: Namespace | undefined;
}

/** The values of what expressions may name. */
export function bindings({ attributes, matched, object, old, authorizer, params, namespace }: Input): CelVariables {
  const ask = ({ user, verb, path, group, resource, subresource, namespace: where, name }: AccessCheck) =>
    authorizer.authorize(path === undefined ? { user, verb, group, resource, subresource, namespace: where, name } : { user, verb, path });
  const access = authorizerValue(attributes.user, ask);
  const { requested, subresource } = attributes;
  return {
    object: dynamicValue(object ?? null),
    oldObject: dynamicValue(old ?? null),
    request: dynamicValue(admissionRequest(attributes, matched)),
    namespaceObject: dynamicValue(namespace ?? null),
    params: dynamicValue(params ?? null),
    authorizer: access,
    'authorizer.requestResource': resourceCheckValue(access, { group: requested.group, resource: requested.plural, subresource, namespace: namespaceOf(attributes), name: nameOf(attributes) }),
  };
}

/** Evaluates expressions one after the other with a common budget. */
export class Evaluation {
  constructor(
    private readonly variables: CelVariables,
    private budget: number,
  ) {}

  /** The value, or an error's text. Throws OutOfBudget. */
  async run(compiled: Compiled, expression: string): Promise<{ value: CelValue } | { error: string }> {
    if ('error' in compiled) return { error: `compilation error: ${compiled.error}` };
    try {
      const { value, cost } = await compiled.program.evaluateAsync(this.variables);
      this.budget -= cost;
      if (this.budget < 0) throw new OutOfBudget(OUT_OF_BUDGET);
      return { value };
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      if (error instanceof CelCostError) return { error: `call cost limit exceeded: ${OUT_OF_BUDGET}` };
      return { error: `expression '${expression}' resulted in error: ${error.message}` };
    }
  }
}

export class OutOfBudget extends Error {}

export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

export type MatchOutcome = { readonly matches: boolean } | { readonly error: string };

const compiledConditions = new WeakMap<readonly MatchCondition[], readonly Compiled[]>();

/** Whether all conditions hold: one that doesn't settles it, whatever is wrong with others. */
export async function matchConditions(conditions: readonly MatchCondition[], input: Input, failurePolicy: string | undefined, declared: Declared): Promise<MatchOutcome> {
  let compiled = compiledConditions.get(conditions);
  if (!compiled) compiledConditions.set(conditions, (compiled = conditions.map(({ expression }) => compileExpression(expression, { ...declared, authorizer: true }, ['bool']))));
  const evaluation = new Evaluation(bindings(input), MATCH_CONDITIONS_BUDGET);
  const errors: string[] = [];
  try {
    for (const [i, { expression }] of conditions.entries()) {
      const result = await evaluation.run(compiled[i]!, expression);
      if ('error' in result) errors.push(result.error);
      else if (result.value === false) return { matches: false };
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    errors.splice(0, errors.length, error.message);
  }
  if (errors.length === 0) return { matches: true };
  if (failurePolicy === 'Ignore') return { matches: false };
  const unique = [...new Set(errors)];
  return { error: unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]` };
}
