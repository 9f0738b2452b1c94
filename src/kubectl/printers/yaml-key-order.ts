/** The order of keys in YAML: numbers in names by their value, letters after all else (go-yaml v2 sorter.go: keyList.Less). */

const LETTER = /\p{L}/u;
const DIGIT = /\p{Nd}/u;
const isLetter = (char: string): boolean => (char < '\x80' ? (char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') : LETTER.test(char));
const isDigit = (char: string): boolean => (char < '\x80' ? char >= '0' && char <= '9' : DIGIT.test(char));
const ASCII_LETTERS = /^[A-Za-z]+$/;

export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  // Most keys are words: then it is the plain order.
  if (ASCII_LETTERS.test(a) && ASCII_LETTERS.test(b)) return a < b ? -1 : 1;
  return less([...a], [...b]) ? -1 : 1;
}

function less(a: readonly string[], b: readonly string[]): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const left = a[i] as string;
    const right = b[i] as string;
    if (left === right) continue;
    const leftLetter = isLetter(left);
    const rightLetter = isLetter(right);
    if (leftLetter && rightLetter) return before(left, right);
    if (leftLetter || rightLetter) return rightLetter;
    return lessNumber(a, b, i) ?? before(left, right);
  }
  return a.length < b.length;
}

const before = (a: string, b: string): boolean => (a.codePointAt(0) ?? 0) < (b.codePointAt(0) ?? 0);

/** Compares the numbers that begin at `i`; undefined where they are the same. */
function lessNumber(a: readonly string[], b: readonly string[], i: number): boolean | undefined {
  let seed = 0;
  if (a[i] === '0' || b[i] === '0') {
    for (let j = i - 1; j >= 0 && isDigit(a[j] as string); j--) {
      if (a[j] !== '0') {
        seed = 1;
        break;
      }
    }
  }
  const read = (from: readonly string[]): { value: number; end: number } => {
    let value = seed;
    let end = i;
    for (; end < from.length && isDigit(from[end] as string); end++) value = value * 10 + Number(from[end]);
    return { value, end };
  };
  const left = read(a);
  const right = read(b);
  if (left.value !== right.value) return left.value < right.value;
  if (left.end !== right.end) return left.end < right.end;
  return undefined;
}
