/** Field selectors: "metadata.name=web,status.phase!=Running". Follows apimachinery pkg/fields/selector.go. */

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  /** `get` gives an object's value of a field; an absent one counts as ''. */
  matches(get: (field: string) => string | undefined): boolean;
}

/** Splits at commas that no backslash protects. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function splitTerm(term: string): FieldRequirement | undefined {
  for (let i = 0; i < term.length; i++) {
    for (const operator of ['!=', '==', '='] as const) {
      if (!term.startsWith(operator, i)) continue;
      const value = unescape(term.slice(i + operator.length));
      return { field: term.slice(0, i), operator: operator === '!=' ? '!=' : '=', value };
    }
  }
  return undefined;
}

function unescape(value: string): string {
  return value.replace(/\\(.?)|[,=]/gsu, (found: string, char: string | undefined) => {
    // A rune as %v shows it is its number.
    if (char === undefined) throw new Error(`invalid field selector: unescaped character in value: ${found.codePointAt(0)}`);
    if (char !== '\\' && char !== ',' && char !== '=') throw new Error(`invalid field selector: invalid escape sequence: \\${char}`);
    return char;
  });
}

/** Parses a field selector. Throws an Error with upstream's text. `rename` gives what a field is called here. */
export function parseFieldSelector(text: string, rename: (field: string) => string = (field) => field): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const requirement = splitTerm(term);
    if (!requirement) throw new Error(`invalid selector: '${text}'; can't understand '${term}'`);
    requirements.push({ ...requirement, field: rename(requirement.field) });
  }
  return {
    requirements,
    matches: (get) => requirements.every(({ field, operator, value }) => ((get(field) ?? '') === value) === (operator === '=')),
  };
}
