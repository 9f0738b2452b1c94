/** Which types fit which, and what type variables turn out to be. Follows cel-go checker/types.go. */
import { DYN, isOptional, listOf, mapOf, sameType, type CelType } from './types.ts';

/** What is known of type variables, by their names. */
export class Bindings {
  #known = new Map<string, CelType>();
  #fresh = 0;

  /** A type variable of which nothing is known. */
  unknown(): CelType {
    return { kind: 'param', name: `_var${this.#fresh++}`, params: [] };
  }

  /** The type with what is known put in; of unknown variables nothing is said where `final`. */
  resolve(type: CelType, final = false): CelType {
    if (type.kind === 'param') {
      const known = this.#known.get(type.name);
      if (known) return this.resolve(known, final);
      return final ? DYN : type;
    }
    if (type.params.length === 0) return type;
    return { ...type, params: type.params.map((each) => this.resolve(each, final)) };
  }

  /** Whether values of the types can stand for each other; what is learned by it is kept only if all can. */
  assignable(given: readonly CelType[], wanted: readonly CelType[]): boolean {
    const before = new Map(this.#known);
    if (given.length === wanted.length && given.every((type, i) => this.#fits(type, wanted[i]!))) return true;
    this.#known = before;
    return false;
  }

  #fits(a: CelType, b: CelType): boolean {
    if (b.kind === 'param') {
      const { valid, bound } = this.#bind(a, b);
      if (valid || bound) return valid;
    }
    if (a.kind === 'param') return this.#bind(b, a).valid;
    if (isAny(a) || isAny(b)) return true;
    if (a.kind === 'null') return isNullable(b);
    if (b.kind === 'null') return isNullable(a);
    if (a.kind !== b.kind) return false;
    if (a.kind === 'type') return true;
    return a.name === b.name && a.params.length === b.params.length && a.params.every((each, i) => this.#fits(each, b.params[i]!));
  }

  /** Whether `type` can be what the variable stands for, and whether the variable stood for something before. */
  #bind(type: CelType, variable: CelType): { valid: boolean; bound: boolean } {
    if (sameType(type, variable)) return { valid: true, bound: true };
    const known = this.#known.get(variable.name);
    if (known) {
      if (sameType(type, known)) return { valid: true, bound: true };
      if (!this.#fits(type, known)) return { valid: false, bound: true };
      const general = mostGeneral(type, known);
      if (!this.#occurs(variable, general)) this.#known.set(variable.name, general);
      return { valid: true, bound: true };
    }
    if (this.#occurs(variable, type)) return { valid: false, bound: false };
    this.#known.set(variable.name, type);
    return { valid: true, bound: false };
  }

  #occurs(variable: CelType, within: CelType): boolean {
    if (within.kind === 'param') {
      if (within.name === variable.name) return true;
      const known = this.#known.get(within.name);
      return known !== undefined && this.#occurs(variable, known);
    }
    return within.params.some((each) => this.#occurs(variable, each));
  }
}

const isAny = ({ kind }: CelType): boolean => kind === 'dyn' || kind === 'error';
const isNullable = ({ kind }: CelType): boolean => ['opaque', 'object', 'duration', 'timestamp', 'null'].includes(kind);

/** The one that says less. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return saysNoMore(a, b) ? a : b;
}

function saysNoMore(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param' || a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  return a.name === b.name && a.params.length === b.params.length && a.params.every((each, i) => saysNoMore(each, b.params[i]!));
}

/** What an optional holds; other types as they are. */
export const unwrapped = (type: CelType): CelType => (isOptional(type) ? (type.params[0] ?? DYN) : type);

/** An overload's types with variables of their own, so that calls don't mix. */
export function freshen(types: readonly CelType[], bindings: Bindings): CelType[] {
  const fresh = new Map<string, CelType>();
  const replace = (type: CelType): CelType => {
    if (type.kind === 'param') {
      let own = fresh.get(type.name);
      if (!own) fresh.set(type.name, (own = bindings.unknown()));
      return own;
    }
    if (type.params.length === 0) return type;
    const [first = DYN, second = DYN] = type.params.map(replace);
    return type.kind === 'list' ? listOf(first) : type.kind === 'map' ? mapOf(first, second) : { ...type, params: type.params.map(replace) };
  };
  return types.map(replace);
}
