/** Label selectors: text ("app=web,tier in (a,b),!canary"), LabelSelector objects and plain maps. Follows apimachinery pkg/labels/selector.go. */
import type { LabelSelector } from './generated/types.ts';
import { labelKeyErrors, labelValueErrors } from './names.ts';

export type Labels = Readonly<Record<string, string>> | undefined;

export type SelectorOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';

export interface Requirement {
  readonly key: string;
  readonly operator: SelectorOperator;
  readonly values: readonly string[];
}

/** A parsed selector. `nothing` matches no object at all (an absent LabelSelector); no requirements match everything. */
export class Selector {
  constructor(
    readonly requirements: readonly Requirement[],
    readonly nothing = false,
  ) {}

  /** Whether it selects everything. */
  get empty(): boolean {
    return !this.nothing && this.requirements.length === 0;
  }

  matches(labels: Labels): boolean {
    if (this.nothing) return false;
    for (const requirement of this.requirements) if (!matchesRequirement(requirement, labels)) return false;
    return true;
  }

  toString(): string {
    return this.requirements.map(formatRequirement).join(',');
  }
}

const SELECT_NOTHING = new Selector([], true);
const SELECT_EVERYTHING = new Selector([]);

function matchesRequirement({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return value !== undefined && values.includes(value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
    case 'lt': {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
      const [left, right] = [BigInt(value), BigInt(values[0] ?? '0')];
      return operator === 'gt' ? left > right : left < right;
    }
  }
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case 'exists':
      return key;
    case '!':
      return `!${key}`;
    case 'in':
    case 'notin':
      return `${key} ${operator} (${[...values].sort().join(',')})`;
    case 'gt':
      return `${key}>${values[0]}`;
    case 'lt':
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0] ?? ''}`;
  }
}

interface Token {
  readonly type: 'word' | 'symbol' | 'end';
  readonly text: string;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < text.length; ) {
    const char = text.charAt(i);
    if (/\s/.test(char)) i++;
    else if ('=!(),<>'.includes(char)) {
      const two = text.slice(i, i + 2);
      const symbol = two === '==' || two === '!=' ? two : char;
      tokens.push({ type: 'symbol', text: symbol });
      i += symbol.length;
    } else {
      const start = i;
      while (i < text.length && !/[\s=!(),<>]/.test(text.charAt(i))) i++;
      tokens.push({ type: 'word', text: text.slice(start, i) });
    }
  }
  tokens.push({ type: 'end', text: '' });
  return tokens;
}

const OPERATORS = ['in', 'notin', '=', '==', '!=', 'gt', 'lt'];

class SelectorParser {
  readonly #tokens: Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokenize(text);
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    if (this.#peek().type === 'end') return requirements;
    for (;;) {
      const token = this.#peek();
      if (token.type !== 'word' && token.text !== '!') throw new Error(`found '${token.text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.#wrapped());
      const next = this.#take();
      if (next.type === 'end') return requirements;
      if (next.text !== ',') throw new Error(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.type !== 'word' && after.text !== '!') throw new Error(`found '${after.text}', expected: identifier after ','`);
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] as Token;
  }
  #take(): Token {
    const token = this.#peek();
    if (token.type !== 'end') this.#at++;
    return token;
  }

  #wrapped(): Requirement {
    try {
      return this.#requirement();
    } catch (error) {
      throw new Error(`unable to parse requirement: ${(error as Error).message}`, { cause: error });
    }
  }

  #requirement(): Requirement {
    let absent = false;
    if (this.#peek().text === '!') {
      this.#take();
      absent = true;
    }
    const key = this.#take();
    if (key.type !== 'word') throw new Error(`found '${key.text}', expected: identifier`);
    checkKey(key.text);
    const next = this.#peek();
    if (absent || next.type === 'end' || next.text === ',') return { key: key.text, operator: absent ? '!' : 'exists', values: [] };
    const token = this.#take();
    switch (token.text) {
      case 'in':
      case 'notin':
        return this.#check({ key: key.text, operator: token.text, values: this.#set() });
      case '=':
      case '==':
      case '!=':
        return this.#check({ key: key.text, operator: token.text, values: [this.#exactValue()] });
      case '>':
      case '<': {
        const value = this.#exactValue();
        if (!/^[+-]?\d+$/.test(value)) throw new Error(`values[0][${key.text}]: Invalid value: "${value}": for 'Gt', 'Lt' operators, the value must be an integer`);
        return { key: key.text, operator: token.text === '>' ? 'gt' : 'lt', values: [value] };
      }
      default:
        throw new Error(`found '${token.text}', expected: ${OPERATORS.join(', ')}`);
    }
  }

  #check(requirement: Requirement): Requirement {
    requirement.values.forEach((value, index) => {
      const errors = labelValueErrors(value);
      if (errors.length > 0) throw new Error(`values[${index}][${requirement.key}]: Invalid value: ${JSON.stringify(value)}: ${errors.join('; ')}`);
    });
    return requirement;
  }

  #exactValue(): string {
    const token = this.#peek();
    if (token.type === 'end' || token.text === ',') return '';
    this.#take();
    if (token.type !== 'word') throw new Error(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  #set(): string[] {
    const open = this.#take();
    if (open.text !== '(') throw new Error(`found '${open.text}' expected: '('`);
    const values: string[] = [];
    for (;;) {
      const token = this.#take();
      if (token.text === ')') {
        if (values.length === 0) values.push('');
        return values;
      }
      if (token.text === ',') {
        values.push('');
        if (this.#peek().text === ')') {
          this.#take();
          return values.length === 1 ? ['', ''] : [...values];
        }
        continue;
      }
      if (token.type !== 'word') throw new Error(`found '${token.text}', expected: ',', ')' or identifier`);
      values.push(token.text);
      const next = this.#take();
      if (next.text === ')') return values;
      if (next.text !== ',') throw new Error(`found '${next.text}', expected: ',' or ')'`);
      if (this.#peek().text === ')') {
        this.#take();
        return [...values, ''];
      }
    }
  }
}

/** The parser looks at keys where it knows no field's path (labels/selector.go: parseKeyAndInferOperator). */
function checkKey(key: string): void {
  const errors = labelKeyErrors(key);
  if (errors.length > 0) throw new Error(`<nil>: Invalid value: ${JSON.stringify(key)}: ${errors.join('; ')}`);
}

/** Parses a selector's text. Throws an Error with upstream's text ("unable to parse requirement: …"). */
export function parseSelector(text: string): Selector {
  const requirements = new SelectorParser(text).parse();
  requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return requirements.length === 0 ? SELECT_EVERYTHING : new Selector(requirements);
}

/** What is wrong with a requirement that an object makes (labels.NewRequirement); the server lets no such thing in. */
export function requirementFaults({ key, operator, values }: Requirement): readonly string[] {
  const faults: string[] = [];
  const keyFaults = labelKeyErrors(key);
  if (keyFaults.length > 0) faults.push(`key: Invalid value: ${JSON.stringify(key)}: ${keyFaults.join('; ')}`);
  const list = values.length === 0 ? '[]string(nil)' : `[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`;
  if ((operator === 'in' || operator === 'notin') && values.length === 0) faults.push(`values: Invalid value: ${list}: for 'in', 'notin' operators, values set can't be empty`);
  if ((operator === 'exists' || operator === '!') && values.length > 0) faults.push(`values: Invalid value: ${list}: values set must be empty for exists and does not exist`);
  values.forEach((value, index) => {
    const valueFaults = labelValueErrors(value);
    if (valueFaults.length > 0) faults.push(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${valueFaults.join('; ')}`);
  });
  return faults;
}

const LABEL_SELECTOR_OPERATORS: Readonly<Record<string, SelectorOperator>> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };
const parsed = new WeakMap<LabelSelector, Selector>();

/** The selector of a LabelSelector object: absent selects nothing, an empty one everything. Remembered for frozen objects. */
export function selectorFromLabelSelector(selector: LabelSelector | undefined): Selector {
  if (!selector) return SELECT_NOTHING;
  const known = parsed.get(selector);
  if (known) return known;
  const requirements: Requirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) requirements.push({ key, operator: '=', values: [value] });
  for (const expression of selector.matchExpressions ?? []) {
    const operator = LABEL_SELECTOR_OPERATORS[expression.operator];
    if (!operator) throw new Error(`${JSON.stringify(expression.operator)} is not a valid label selector operator`);
    requirements.push({ key: expression.key, operator, values: expression.values ?? [] });
  }
  const result = requirements.length === 0 ? SELECT_EVERYTHING : new Selector(requirements);
  if (Object.isFrozen(selector)) parsed.set(selector, result);
  return result;
}

/** The selector of a plain map (a Service's): every pair must be there. An empty map selects everything. */
export function selectorFromMap(map: Labels): Selector {
  const requirements = Object.entries(map ?? {}).map(([key, value]): Requirement => ({ key, operator: '=', values: [value] }));
  return requirements.length === 0 ? SELECT_EVERYTHING : new Selector(requirements);
}

/** A LabelSelector as text, as tables and describe show it (metav1.FormatLabelSelector). */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  let parsedSelector: Selector;
  try {
    parsedSelector = selectorFromLabelSelector(selector);
  } catch {
    return '<error>';
  }
  if (parsedSelector.requirements.some((requirement) => requirementFaults(requirement).length > 0)) return '<error>';
  if (parsedSelector.nothing) return '<none>';
  if (parsedSelector.empty) return '<none>';
  const requirements = [...parsedSelector.requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return new Selector(requirements).toString();
}
