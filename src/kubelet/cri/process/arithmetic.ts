/** The shell's $((…)): whole numbers, variables, the usual operators, assignment and increment. */

const TOKEN = /\s*(\d+|[A-Za-z_]\w*|\$\{?[A-Za-z_]\w*\}?|\+\+|--|\*\*|<=|>=|==|!=|&&|\|\||<<|>>|[-+*/%]=|[-+*/%()<>!=?:&|^~])/y;
const LEVELS: readonly (readonly string[])[] = [['||'], ['&&'], ['|'], ['^'], ['&'], ['==', '!='], ['<', '>', '<=', '>='], ['<<', '>>'], ['+', '-'], ['*', '/', '%']];

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case '||': return a || b ? 1 : 0;
    case '&&': return a && b ? 1 : 0;
    case '|': return a | b;
    case '^': return a ^ b;
    case '&': return a & b;
    case '==': return a === b ? 1 : 0;
    case '!=': return a !== b ? 1 : 0;
    case '<': return a < b ? 1 : 0;
    case '>': return a > b ? 1 : 0;
    case '<=': return a <= b ? 1 : 0;
    case '>=': return a >= b ? 1 : 0;
    case '<<': return a << b;
    case '>>': return a >> b;
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return b === 0 ? 0 : Math.trunc(a / b);
    default: return b === 0 ? 0 : a % b;
  }
}

/** Evaluates an expression; what can't be read counts as 0. */
export function evaluateArithmetic(expression: string, variables: Map<string, string>): number {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(expression); match; match = TOKEN.exec(expression)) tokens.push((match[1] ?? '').replace(/^\$\{?(\w+)\}?$/, '$1'));
  let next = 0;
  const valueOf = (name: string): number => Number.parseInt(variables.get(name) ?? '0', 10) || 0;
  const assign = (name: string, value: number): number => {
    variables.set(name, String(value));
    return value;
  };
  const isName = (token: string | undefined): token is string => token !== undefined && /^[A-Za-z_]/.test(token);
  const primary = (): number => {
    const token = tokens[next++];
    if (token === '(') {
      const value = ternary();
      next++;
      return value;
    }
    if (token === '-') return -primary();
    if (token === '+') return primary();
    if (token === '!') return primary() ? 0 : 1;
    if (token === '~') return ~primary();
    if (token === '++' || token === '--') {
      const name = tokens[next++] ?? '';
      return assign(name, valueOf(name) + (token === '++' ? 1 : -1));
    }
    if (isName(token)) {
      const operator = tokens[next];
      if (operator === '++' || operator === '--') {
        next++;
        const value = valueOf(token);
        assign(token, value + (operator === '++' ? 1 : -1));
        return value;
      }
      if (operator === '=') {
        next++;
        return assign(token, ternary());
      }
      if (operator !== undefined && /^[-+*/%]=$/.test(operator)) {
        next++;
        return assign(token, apply(operator.charAt(0), valueOf(token), ternary()));
      }
      return valueOf(token);
    }
    return Number(token ?? 0) || 0;
  };
  const binary = (level: number): number => {
    const operators = LEVELS[level];
    if (!operators) return primary();
    let left = binary(level + 1);
    for (let operator = tokens[next]; operator !== undefined && operators.includes(operator); operator = tokens[next]) {
      next++;
      left = apply(operator, left, binary(level + 1));
    }
    return left;
  };
  const ternary = (): number => {
    const condition = binary(0);
    if (tokens[next] !== '?') return condition;
    next++;
    const yes = ternary();
    next++;
    const no = ternary();
    return condition ? yes : no;
  };
  return ternary();
}
