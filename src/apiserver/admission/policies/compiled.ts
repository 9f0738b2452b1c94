/** A policy with its expressions compiled, and their evaluation. Follows apiserver pkg/admission/plugin/policy/validating/validator.go and plugin/cel/composition.go. */
import type { ValidatingAdmissionPolicy } from '../../../api/generated/types.ts';
import { goQuote } from '../../../api/quote.ts';
import { COST_BUDGET, CelError, DYN, type CelMap, type CelType, type CelValue, type CelVariables } from '../../cel/index.ts';
import { bindings, compileExpression, Evaluation, matchConditions, OutOfBudget, type Compiled, type Declared, type Input } from '../expressions.ts';

/** What a validation comes to: nothing where it holds. */
export interface Denial {
  /** Which validation of the policy. */
  readonly index: number;
  readonly message: string;
  readonly reason: string;
}

export interface Verdict {
  readonly denials: readonly Denial[];
  /** Faults that refuse the request whatever the binding's actions are. */
  readonly faults: readonly string[];
  readonly annotations: readonly (readonly [key: string, value: string])[];
}

const NOTHING: Verdict = { denials: [], faults: [], annotations: [] };
const LONGEST_MESSAGE = 5 * 1024;

interface Variable {
  readonly name: string;
  readonly compiled: Compiled;
}

export class CompiledPolicy {
  readonly #variables: readonly Variable[];
  readonly #validations: readonly Compiled[];
  readonly #messages: readonly (Compiled | undefined)[];
  readonly #annotations: readonly Compiled[];
  readonly #declared: Declared;

  constructor(
    readonly policy: ValidatingAdmissionPolicy,
    known: Pick<Declared, 'object' | 'paramsType'> = {},
  ) {
    const { spec } = policy;
    const params = spec?.paramKind !== undefined;
    const types: Record<string, CelType> = {};
    const full = (): Declared => ({ ...known, params, authorizer: true, variables: { ...types } });
    this.#variables = (spec?.variables ?? []).map(({ name, expression }) => {
      const compiled = compileExpression(expression, full(), []);
      types[name] = 'program' in compiled ? compiled.program.type : DYN;
      return { name, compiled };
    });
    this.#declared = full();
    const plain: Declared = { ...this.#declared, authorizer: false };
    this.#validations = (spec?.validations ?? []).map(({ expression }) => compileExpression(expression, this.#declared, ['bool']));
    this.#messages = (spec?.validations ?? []).map(({ messageExpression }) => (messageExpression ? compileExpression(messageExpression, plain, ['string']) : undefined));
    this.#annotations = (spec?.auditAnnotations ?? []).map(({ valueExpression }) => compileExpression(valueExpression, this.#declared, ['string', 'null']));
  }

  /** What is wrong with an expression of the policy against the known types, for type checking. */
  fault(expression: string): string | undefined {
    const compiled = compileExpression(expression, this.#declared, []);
    return 'error' in compiled ? compiled.error : undefined;
  }

  async evaluate(input: Input): Promise<Verdict> {
    const { spec } = this.policy;
    const failed = (message: string): Verdict => (spec?.failurePolicy === 'Ignore' ? NOTHING : { ...NOTHING, denials: [{ index: 0, message, reason: '' }] });
    if (spec?.matchConditions?.length) {
      const outcome = await matchConditions(spec.matchConditions, input, spec.failurePolicy, { params: this.#declared.params ?? false });
      if ('error' in outcome) return failed(outcome.error);
      if (!outcome.matches) return NOTHING;
    }
    const variables = this.#bound(input);
    const evaluation = new Evaluation(variables, COST_BUDGET);
    try {
      const denials = await this.#denials(evaluation);
      return { ...(await this.#audited(new Evaluation(variables, COST_BUDGET))), denials };
    } catch (error) {
      if (error instanceof OutOfBudget) return failed(error.message);
      throw error;
    }
  }

  async #denials(evaluation: Evaluation): Promise<Denial[]> {
    const { spec } = this.policy;
    const denials: Denial[] = [];
    for (const [index, { expression, message = '', reason }] of (spec?.validations ?? []).entries()) {
      const result = await evaluation.run(this.#validations[index]!, expression);
      if ('error' in result) {
        if (spec?.failurePolicy !== 'Ignore') denials.push({ index, message: result.error, reason: '' });
      } else if (result.value !== true) {
        const own = await this.#message(evaluation, index);
        denials.push({ index, message: own || message.trim() || `failed expression: ${expression.trim()}`, reason: reason ?? 'Invalid' });
      }
    }
    return denials;
  }

  /** What the message's expression says, if it says something that can be shown. */
  async #message(evaluation: Evaluation, index: number): Promise<string> {
    const compiled = this.#messages[index];
    const result = compiled && (await evaluation.run(compiled, this.policy.spec?.validations?.[index]?.messageExpression ?? ''));
    if (!result || 'error' in result || typeof result.value !== 'string') return '';
    const text = result.value.trim();
    return text.length > LONGEST_MESSAGE || text.includes('\n') ? '' : text;
  }

  async #audited(evaluation: Evaluation): Promise<Pick<Verdict, 'faults' | 'annotations'>> {
    const faults: string[] = [];
    const annotations: [string, string][] = [];
    for (const [i, { key, valueExpression }] of (this.policy.spec?.auditAnnotations ?? []).entries()) {
      const result = await evaluation.run(this.#annotations[i]!, valueExpression);
      if ('error' in result) {
        if (this.policy.spec?.failurePolicy !== 'Ignore') faults.push(result.error);
      } else if (typeof result.value === 'string' && result.value.trim() !== '') annotations.push([key, result.value.trim()]);
    }
    return { faults, annotations };
  }

  /** The variables with those of the policy among them, each evaluated when it is first asked for. */
  #bound(input: Input): CelVariables {
    const known = new Map<string, CelValue>();
    const all: Record<string, CelVariables[string]> = { ...bindings(input) };
    const own = this.#variables;
    const composed: CelMap = {
      isCelMap: true,
      size: own.length,
      keys: () => own.map(({ name }) => name),
      find(key) {
        const variable = own.find(({ name }) => name === key);
        if (!variable) return undefined;
        const found = known.get(variable.name);
        if (found !== undefined) return found;
        const value = valueOf(variable, all);
        known.set(variable.name, value);
        return value;
      },
    };
    all.variables = composed;
    return all;
  }
}

function valueOf({ name, compiled }: Variable, variables: CelVariables): CelValue {
  if ('error' in compiled) throw new CelError(`composited variable ${goQuote(name)} fails to compile: ${compiled.error}`);
  try {
    return compiled.program.evaluate(variables).value;
  } catch (error) {
    if (error instanceof CelError) throw new CelError(`composited variable ${goQuote(name)} fails to evaluate: ${error.message}`);
    throw error;
  }
}
