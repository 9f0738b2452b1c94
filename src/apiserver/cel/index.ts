/**
 * CEL with Kubernetes' libraries, as v1.33's base environment has it: `compileCel(expression, environment)` checks an
 * expression, `program.evaluate(variables)` runs it. Load it lazily: the parser and the libraries are some work to load.
 */
import { parse, type Expr } from './ast.ts';
import { check, type Checked } from './checker.ts';
import { estimateCost, type SizeLookup } from './cost.ts';
import { CelCompileError } from './errors.ts';
import { Frame, plan, type Evaluator } from './evaluator.ts';
import { Suspended } from './library/authorizer.ts';
import type { CelType } from './types.ts';
import type { CelValue } from './values.ts';

export { CelCompileError, CelCostError, CelError } from './errors.ts';
export { AUTHORIZER, authorizerValue, RESOURCE_CHECK, resourceCheckValue, type AccessAnswer, type AccessCheck, type AskAccess } from './library/authorizer.ts';
export type { SizeLookup } from './cost.ts';
export { costMessage, schemaSizes, STATIC_COST_LIMIT, STATIC_CRD_COST_LIMIT, type SchemaSizes } from './schema-sizes.ts';
export { dynamicValue, schemaValue, toJson } from './json.ts';
export { escapeProperty, memoized, schemaType, unescapeProperty, type Schema } from './schema.ts';
export { BOOL, BYTES, DOUBLE, DURATION, DYN, formatType, INT, listOf, mapOf, NULL, objectType, optionalOf, STRING, TIMESTAMP, UINT, type CelType } from './types.ts';
export { CelOptional, CelList, isMap, type CelMap, type CelValue } from './values.ts';

/** What one evaluation may cost (apiserver pkg/apis/cel/config.go: PerCallLimit). */
export const COST_LIMIT_PER_CALL = 1_000_000;
/** What all rules of one object may cost (RuntimeCELCostBudget). */
export const COST_BUDGET = 10_000_000;

export interface CelEnvironment {
  /** The types of variables by name; a name may have dots ("authorizer.requestResource"). */
  readonly variables: Readonly<Record<string, CelType>>;
}

/** Values of variables by name; one that is undefined is as good as not declared. A function is asked when the value is needed. */
export type CelVariables = Readonly<Record<string, CelValue | (() => CelValue) | undefined>>;

export interface Evaluation {
  readonly value: CelValue;
  readonly cost: number;
}

export interface CelProgram {
  readonly expression: string;
  readonly type: CelType;
  /** Whether the expression uses a variable. */
  uses(variable: string): boolean;
  /** What an evaluation costs at worst, when values are as large as they may be. */
  maxCost(sizeOf: SizeLookup): number;
  /** Throws CelError, and CelCostError where it would cost more than the limit. */
  evaluate(variables: CelVariables, costLimit?: number): Evaluation;
  /** The same where the authorizer may need time to answer. */
  evaluateAsync(variables: CelVariables, costLimit?: number): Promise<Evaluation>;
}

/** Throws CelCompileError, whose message lists what is wrong as cel-go does. */
export function compileCel(expression: string, environment: CelEnvironment): CelProgram {
  const root = parse(expression);
  const declared = new Map(Object.entries(environment.variables));
  const checked = check(root, declared);
  if (checked.issues.length > 0) throw new CelCompileError(expression, checked.issues);
  return new Program(expression, root, checked, declared);
}

class Program implements CelProgram {
  readonly type: CelType;
  readonly #run: Evaluator;

  constructor(
    readonly expression: string,
    private readonly root: Expr,
    private readonly checked: Checked,
    private readonly declared: ReadonlyMap<string, CelType>,
  ) {
    this.type = checked.type;
    this.#run = plan(root, checked.names);
  }

  uses(variable: string): boolean {
    return this.checked.used.has(variable);
  }

  maxCost(sizeOf: SizeLookup): number {
    return estimateCost(this.root, this.checked, sizeOf).max;
  }

  evaluate(variables: CelVariables, costLimit = COST_LIMIT_PER_CALL): Evaluation {
    const frame = new Frame((name) => (this.declared.has(name) ? valueOf(variables[name]) : undefined), costLimit);
    const value = this.#run(frame);
    return { value, cost: frame.cost };
  }

  async evaluateAsync(variables: CelVariables, costLimit = COST_LIMIT_PER_CALL): Promise<Evaluation> {
    for (;;) {
      try {
        return this.evaluate(variables, costLimit);
      } catch (error) {
        if (!(error instanceof Suspended)) throw error;
        await error.answer;
      }
    }
  }
}

const valueOf = (value: CelValue | (() => CelValue) | undefined): CelValue | undefined => (typeof value === 'function' ? value() : value);
