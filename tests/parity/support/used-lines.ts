/** The command lines that the parity tests give to both programs, as words: read from their texts, nothing is run. */
import ts from 'typescript';
import { parseCase } from './case-file.ts';

export type Words = readonly string[];

/** What ends a simple command of the shell, outside quotes. */
const SEPARATORS = '|;&\n()`';

/** What stands for a part of a word that is worked out at run time. */
const SOMETHING = 'x';

/** The words of each simple command of a statement, and of what stands in $(…). */
function simpleCommands(statement: string): readonly Words[] {
  const commands: Words[] = [];
  let words: string[] = [];
  let word: string | undefined;
  const add = (text: string): void => void (word = (word ?? '') + text);
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  for (let at = 0, quote = ''; at < statement.length; at++) {
    const letter = statement[at] as string;
    if (letter === quote) quote = '';
    else if (quote === "'") add(letter);
    else if (letter === '\\') add(statement[++at] === '\n' ? '' : (statement[at] as string));
    else if (statement.startsWith('$(', at)) {
      const end = closing(statement, at + 1);
      commands.push(...simpleCommands(statement.slice(at + 2, end)));
      add(SOMETHING);
      at = end;
    } else if (quote !== '') add(letter);
    else if (letter === "'" || letter === '"') {
      quote = letter;
      add('');
    } else if (SEPARATORS.includes(letter)) {
      endWord();
      commands.push(words);
      words = [];
    } else if (/\s/.test(letter)) endWord();
    else add(letter);
  }
  endWord();
  return [...commands, words];
}

/** Where the parenthesis ends that opens at a position. */
function closing(text: string, from: number): number {
  for (let at = from, depth = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at;
  }
  return text.length;
}

/** Redirections, and what they lead to. */
const REDIRECTION = /^\d*(?:>>?|<)(?:&?\d|(.*))$/;
function withoutRedirections(words: Words): Words {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const redirection = REDIRECTION.exec(words[at] as string);
    if (!redirection) kept.push(words[at] as string);
    else if (redirection[1] === '') at++;
  }
  return kept;
}

/** Lines of a statement of the shell: what stands behind `kubectl`, also in scripts that other programs are given as one word. */
function linesOfStatement(statement: string): readonly Words[] {
  const text = statement.replace(/<<-?\s*(['"]?)(\w+)\1([^\n]*)\n[^]*/, '$3');
  return simpleCommands(text).flatMap((words) => {
    const at = words.indexOf('kubectl');
    const scripts = words.slice(0, at < 0 ? undefined : at).filter((word) => /\bkubectl /.test(word));
    return [...(at < 0 ? [] : [withoutRedirections(words.slice(at + 1))]), ...scripts.flatMap(linesOfStatement)];
  });
}

/** Lines of a case file. */
export const linesOfCase = (text: string): readonly Words[] => parseCase(text).filter(({ kind }) => kind !== 'known').flatMap(({ text: statement }) => linesOfStatement(statement));

/** A command line in a test's table: words, "quoted words" and 'quoted words'. */
const split = (line: string): Words => [...line.matchAll(/"([^"]*)"|'([^']*)'|((?:[^\s"]|"[^"]*")+)/g)].map(([, double, single, plain]) => double ?? single ?? plain?.replaceAll('"', '') ?? '');

/** A text of a program's, where it is one. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map(({ literal }) => SOMETHING + literal.text).join('');
  return undefined;
}

/** All texts of a test's source that may be command lines, and all lists that may be the words of one. */
export function linesOfTest(source: string): readonly Words[] {
  const lines: Words[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined) lines.push(split(text));
    if (ts.isArrayLiteralExpression(node)) lines.push(node.elements.map((element) => textOf(element) ?? SOMETHING));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('test.ts', source, ts.ScriptTarget.Latest));
  return lines;
}
