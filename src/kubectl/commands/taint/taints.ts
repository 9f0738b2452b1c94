/** KEY=VALUE:EFFECT and KEY- arguments, and what they make of a node's taints (kubectl pkg/cmd/taint/utils.go). */
import type { Taint } from '../../../api/generated/types.ts';
import { labelKeyErrors, labelValueErrors } from '../../../api/names.ts';
import { goQuote } from '../../../api/quote.ts';
import { CommandError, MultipleErrors } from '../../errors.ts';

interface ParsedTaint {
  readonly key: string;
  readonly value: string;
  /** '' where none is named: any. */
  readonly effect: string;
}

export interface TaintChanges {
  readonly add: readonly ParsedTaint[];
  readonly remove: readonly ParsedTaint[];
}

const EFFECTS = new Set(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

export function parseTaints(specs: readonly string[]): TaintChanges {
  const add: ParsedTaint[] = [];
  const remove: ParsedTaint[] = [];
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      remove.push({ ...parseTaint(spec.slice(0, -1)), value: '' });
      continue;
    }
    const taint = parseTaint(spec);
    if (taint.effect === '') throw new Error(`invalid taint spec: ${spec}`);
    if (add.some((each) => same(each, taint))) throw new Error(`duplicated taints with the same key and effect: {${taint.key} ${taint.value} ${taint.effect} <nil>}`);
    add.push(taint);
  }
  return { add, remove };
}

function parseTaint(spec: string): ParsedTaint {
  const invalid = (errors: readonly string[] = []): Error => new Error(`invalid taint spec: ${spec}${errors.length > 0 ? `, ${errors.join('; ')}` : ''}`);
  const [left = '', effect, ...more] = spec.split(':');
  if (more.length > 0) throw invalid();
  let key = left;
  let value = '';
  if (effect !== undefined) {
    if (!EFFECTS.has(effect)) throw new Error(`invalid taint effect: ${effect}, unsupported taint effect`);
    const parts = left.split('=');
    if (parts.length > 2) throw invalid();
    [key = '', value = ''] = parts;
    const errors = labelValueErrors(value);
    if (errors.length > 0) throw invalid(errors);
  }
  const errors = labelKeyErrors(key);
  if (errors.length > 0) throw invalid(errors);
  return { key, value, effect: effect ?? '' };
}

const same = (a: { readonly key: string; readonly effect: string }, b: { readonly key: string; readonly effect: string }): boolean => a.key === b.key && a.effect === b.effect;

export interface ChangedTaints {
  /** "tainted", "untainted" or "modified" */
  readonly operation: string;
  readonly taints: Taint[];
}

/** The taints that come of the changes. Throws where some exist already, or those to remove do not. */
export function changeTaints(node: string, old: readonly Taint[], { add, remove }: TaintChanges, overwrite: boolean): ChangedTaints {
  if (!overwrite) {
    const existing = add.filter((taint) => old.some((each) => same(each, taint))).map(({ key }) => key);
    if (existing.length > 0) throw new CommandError(`node ${node} already has ${existing.join(',')} taint(s) with same effect(s) and --overwrite is false`);
  }
  let taints: Taint[] = add.map(({ key, value, effect }) => ({ key, ...(value === '' ? {} : { value }), effect }));
  taints.push(...old.filter((each) => !add.some((taint) => same(each, taint))));
  const added = taints.length !== old.length;
  const errors: CommandError[] = [];
  let removed = false;
  for (const taint of remove) {
    const left = taints.filter((each) => each.key !== taint.key || (taint.effect !== '' && each.effect !== taint.effect));
    removed = left.length !== taints.length;
    if (!removed) errors.push(new CommandError(`taint ${goQuote(`${taint.key}${taint.effect === '' ? '' : `:${taint.effect}`}`)} not found`));
    taints = left;
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new MultipleErrors(errors);
  return { operation: (added && removed) || overwrite ? 'modified' : added ? 'tainted' : 'untainted', taints };
}
