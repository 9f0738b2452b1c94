/** What a shell is to do with completions beside showing them (cobra completions.go: ShellCompDirective). Bits. */
export const DEFAULT = 0;
export const NO_SPACE = 2;
export const NO_FILES = 4;
export const FILTER_EXTENSIONS = 8;

const NAMES: readonly (readonly [number, string])[] = [
  [NO_SPACE, 'ShellCompDirectiveNoSpace'],
  [NO_FILES, 'ShellCompDirectiveNoFileComp'],
  [FILTER_EXTENSIONS, 'ShellCompDirectiveFilterFileExt'],
];

export function directiveName(directive: number): string {
  const names = NAMES.filter(([bit]) => (directive & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? 'ShellCompDirectiveDefault' : names.join(', ');
}

/** What could stand in place of a word. */
export interface Completion {
  readonly choices: readonly string[];
  readonly directive: number;
}

/** Completes an argument or a flag's value: the arguments before it, and what is typed of it. May throw: then there is nothing to offer. */
export type Completer<Context> = (ctx: Context, args: readonly string[], typed: string) => Promise<Completion>;

export const beginning = (choices: readonly string[], typed: string): string[] => choices.filter((choice) => choice.startsWith(typed));
