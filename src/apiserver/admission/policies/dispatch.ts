/** Applies the policies that are bound to a request, and does what their bindings say of what they find. */
import type { MatchResources, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../api/generated/types.ts';
import { NAMESPACES, VALIDATINGADMISSIONPOLICIES, VALIDATINGADMISSIONPOLICYBINDINGS } from '../../../api/kinds.ts';
import type { Stored } from '../../../api/object.ts';
import type { ResourceFacts } from '../../../api/resource.ts';
import { StatusError } from '../../../api/status.ts';
import type { Lookup } from '../../storage/storages.ts';
import type { AdmissionContext } from '../index.ts';
import { inVersion, matchRules, selects } from '../matching.ts';
import { refuse, type Attributes } from '../plugin.ts';
import { byName } from '../webhooks/configurations.ts';
import { CompiledPolicy } from './compiled.ts';
import { collectParams, ConfigurationError, paramResource } from './params.ts';

type Policy = Stored<ValidatingAdmissionPolicy>;
type Binding = Stored<ValidatingAdmissionPolicyBinding>;

/** The first refusal is told; the others are only counted. */
interface Refusal {
  readonly policy: Policy;
  readonly binding?: Binding;
  readonly message: string;
  readonly reason: string;
}

interface Failure {
  readonly message: string;
  readonly policy: string;
  readonly binding: string;
  readonly expressionIndex: number;
  readonly validationActions: readonly string[];
}

const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 };
const MOST_FAILURES = 50;
const LONGEST_ANNOTATION = 10 * 1024;

const compiled = new WeakMap<Policy, CompiledPolicy>();

function compile(policy: Policy): CompiledPolicy {
  let found = compiled.get(policy);
  if (!found) compiled.set(policy, (found = new CompiledPolicy(policy)));
  return found;
}

export async function dispatch(attributes: Attributes, context: AdmissionContext, cluster: Lookup): Promise<void> {
  const bindings = await cluster.list(VALIDATINGADMISSIONPOLICYBINDINGS);
  const round = new Round(attributes, context, cluster);
  for (const policy of byName(await cluster.list(VALIDATINGADMISSIONPOLICIES))) {
    const own = byName(bindings.filter(({ spec }) => spec?.policyName === policy.metadata.name));
    if (own.length > 0) await round.apply(policy, own);
  }
  round.conclude();
}

class Round {
  readonly #refusals: Refusal[] = [];
  readonly #failures: Failure[] = [];
  readonly #applied: string[] = [];

  constructor(
    private readonly attributes: Attributes,
    private readonly context: AdmissionContext,
    private readonly cluster: Lookup,
  ) {}

  async apply(policy: Policy, bindings: readonly Binding[]): Promise<void> {
    const matched = await this.#matches(policy.spec?.matchConstraints);
    if (!matched) return;
    let params: ResourceFacts | undefined;
    try {
      params = await paramResource(policy.spec?.paramKind, this.context.served());
    } catch (error) {
      this.#misconfigured(error, policy);
      return;
    }
    const annotations = new Map<string, Set<string>>();
    for (const binding of bindings) {
      try {
        if (binding.spec?.matchResources && !(await this.#matches(binding.spec.matchResources))) continue;
        await this.#applyBinding(policy, binding, matched, params, annotations);
      } catch (error) {
        this.#misconfigured(error, policy, binding);
      }
    }
    for (const [key, values] of annotations) this.attributes.annotate(`${policy.metadata.name}/${key}`, [...values].join(', '));
  }

  /** The version in which the request is meant; undefined where it isn't. */
  async #matches(criteria: MatchResources | undefined): Promise<ResourceFacts | undefined> {
    const { attributes, context } = this;
    const { resourceRules = [], excludeResourceRules = [], matchPolicy } = criteria ?? {};
    if (excludeResourceRules.length > 0 && (await matchRules(attributes, excludeResourceRules, matchPolicy, context.served()))) return undefined;
    const matched = resourceRules.length === 0 ? attributes.requested : await matchRules(attributes, resourceRules, matchPolicy, context.served());
    return matched && (await selects(attributes, criteria ?? {}, this.cluster)) ? matched : undefined;
  }

  async #applyBinding(policy: Policy, binding: Binding, matched: ResourceFacts, params: ResourceFacts | undefined, annotations: Map<string, Set<string>>): Promise<void> {
    const { attributes, context, cluster } = this;
    const { namespace, object, old } = attributes;
    const found = await collectParams(params, binding.spec?.paramRef, namespace, context.served());
    const namespaceObject = namespace === '' ? undefined : await cluster.get(NAMESPACES, undefined, namespace);
    const input = { attributes, matched, authorizer: context.authorizer, namespace: namespaceObject, object: object && inVersion(object, attributes, matched), old: old && inVersion(old, attributes, matched) };
    for (const param of found) {
      const verdict = await compile(policy).evaluate({ ...input, params: param });
      for (const denial of verdict.denials) this.#act(policy, binding, denial);
      for (const message of verdict.faults) this.#refusals.push({ policy, binding, message, reason: '' });
      for (const [key, value] of verdict.annotations) annotations.set(key, (annotations.get(key) ?? new Set<string>()).add(value.slice(0, LONGEST_ANNOTATION)));
    }
    this.#applied.push(`${policy.metadata.name} by ${binding.metadata.name}`);
  }

  #act(policy: Policy, binding: Binding, { message, reason, index }: { message: string; reason: string; index: number }): void {
    const actions = binding.spec?.validationActions ?? [];
    for (const action of actions) {
      if (action === 'Deny') this.#refusals.push({ policy, binding, message, reason });
      else if (action === 'Warn') this.attributes.warn(`Validation failed for ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}': ${message}`);
      else this.#failures.push({ message, policy: policy.metadata.name, binding: binding.metadata.name, expressionIndex: index, validationActions: actions });
    }
  }

  #misconfigured(error: unknown, policy: Policy, binding?: Binding): void {
    if (!(error instanceof ConfigurationError)) throw error;
    if (policy.spec?.failurePolicy === 'Ignore') return;
    this.#refusals.push({ policy, ...(binding ? { binding } : {}), message: `failed to configure ${binding ? 'binding' : 'policy'}: ${error.message}`, reason: '' });
  }

  conclude(): void {
    if (this.#failures.length > 0) this.attributes.annotate('validation.policy.admission.k8s.io/validation_failure', JSON.stringify(this.#failures.slice(0, MOST_FAILURES)));
    const [first] = this.#refusals;
    if (!first) {
      if (this.#applied.length > 0) this.attributes.note('validating admission: ValidatingAdmissionPolicy', this.#applied.join(', '));
      return;
    }
    const { policy, binding, message, reason } = first;
    const text = `ValidatingAdmissionPolicy '${policy.metadata.name}'${binding ? ` with binding '${binding.metadata.name}'` : ''} denied request: ${message}`;
    const { status } = refuse(this.attributes, text);
    const why = reason || 'Invalid';
    throw new StatusError(CODES[why] ?? 422, why, status.message ?? '', { ...status.details, causes: [...(status.details?.causes ?? []), { message: text }] });
  }
}
