/** KEY=VALUE and KEY- arguments of `kubectl set env` (kubectl pkg/cmd/set/env/env_parse.go). */
import type { EnvVar } from '../../../api/generated/types.ts';
import { goQuote } from '../../../api/quote.ts';
import { CommandError } from '../../errors.ts';
import { envNameErrors } from '../../generate/data-sources.ts';
import type { Input } from '../../streams.ts';

/** Splits arguments into resources and changes of the environment. */
export function splitEnvironment(args: readonly string[]): { readonly resources: readonly string[]; readonly pairs: readonly string[] } {
  const resources: string[] = [];
  const pairs: string[] = [];
  for (const arg of args) {
    if (/^.+=/ms.test(arg) || arg.endsWith('-')) pairs.push(arg);
    else if (pairs.length > 0) throw new CommandError(`all resources must be specified before environment changes: ${args.join(' ')}`);
    else resources.push(arg);
  }
  return { resources, pairs };
}

export interface ParsedEnvironment {
  readonly set: readonly EnvVar[];
  readonly remove: readonly string[];
}

/** "-" stands for lines of standard input. */
export function parseEnvironment(specs: readonly string[], stdin: Input): ParsedEnvironment {
  const set: EnvVar[] = [];
  const named = new Set<string>();
  const remove: string[] = [];
  for (const spec of specs) {
    const equals = spec.indexOf('=');
    if (spec === '-') set.push(...readLines(stdin.read()));
    else if (equals >= 0) {
      const name = spec.slice(0, equals);
      const errors = envNameErrors(name);
      if (errors.length > 0) throw new CommandError(`${goQuote(name)} is not a valid key name: ${errors.join(';')}`);
      named.add(name);
      set.push({ name, value: spec.slice(equals + 1) });
    } else if (spec.endsWith('-')) remove.push(spec.slice(0, -1));
    else throw new CommandError(`unknown environment variable: ${spec}`);
  }
  if (remove.some((name) => named.has(name))) throw new CommandError('can not both modify and remove the same environment variable in the same command');
  return { set, remove };
}

function readLines(text: string): EnvVar[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const content = line.split('#')[0] ?? '';
    const equals = content.indexOf('=');
    return equals < 0 ? [] : [{ name: content.slice(0, equals), value: content.slice(equals + 1) }];
  });
}
