/**
 * --record: the command line is kept in the object, as the cause of its change, and shows in `rollout history`
 * (cli-runtime pkg/genericclioptions/record_flags.go).
 */
import type { UnstructuredObject } from '../builder/info.ts';
import type { CommandContext } from '../command.ts';
import { HELP_FLAG, type FlagSpec, type FlagTable } from '../flags.ts';
import { GLOBAL_FLAGS } from '../global-flags.ts';

export const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export const recordFlags = {
  record: { type: 'bool', default: false, hidden: true, deprecated: '--record will be removed in the future', description: 'Keep the command line in the annotation of the resource.' },
} as const satisfies FlagTable;

/** Writes the cause of the change into an object, where --record asks for it. */
export function record(ctx: CommandContext, table: FlagTable, values: { readonly record: boolean }, object: UnstructuredObject): void {
  if (!values.record) return;
  object.metadata ??= {};
  object.metadata.annotations = { ...object.metadata.annotations, [CHANGE_CAUSE]: changeCause(ctx, table) };
}

/** The command line, arguments first, each flag with its value: "kubectl set image deploy/web web=nginx --record=true". */
export function changeCause({ program, argv }: Pick<CommandContext, 'program' | 'argv'>, table: FlagTable): string {
  const known: FlagTable = { ...table, ...GLOBAL_FLAGS, ...HELP_FLAG };
  const args: string[] = [];
  const flags: string[] = [];
  const short = (letter: string): string | undefined => Object.keys(known).find((name) => known[name]?.short === letter);
  const implied = (spec: FlagSpec | undefined): string | undefined => (spec?.type === 'bool' ? 'true' : spec?.noValue);
  for (let index = 0; index < argv.length; index++) {
    const token = argv[index] as string;
    if (token === '--') {
      args.push(...argv.slice(index + 1));
      break;
    }
    const add = (name: string, given: string | undefined): void => void flags.push(`--${name}=${given ?? implied(known[name]) ?? argv[++index] ?? ''}`);
    if (token.startsWith('--')) {
      const [, name = '', , value] = /^--([^=]*)(=([\s\S]*))?$/.exec(token) ?? [];
      add(name.replaceAll('_', '-'), value);
    } else if (token.startsWith('-') && token.length > 1) {
      for (let letters = token.slice(1); letters !== ''; ) {
        const name = short(letters[0] as string) ?? letters[0] as string;
        const rest = letters.slice(1);
        if (rest.length > 1 && rest.startsWith('=')) {
          add(name, rest.slice(1));
          break;
        }
        if (implied(known[name]) === undefined) {
          add(name, rest === '' ? undefined : rest);
          break;
        }
        add(name, undefined);
        letters = rest;
      }
    } else args.push(token);
  }
  return [program, ...args, ...flags].join(' ');
}
