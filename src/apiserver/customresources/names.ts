/** Which of the names that a definition asks for it gets. Follows apiextensions-apiserver pkg/controller/status/naming_controller.go. */
import type { CustomResourceDefinition, CustomResourceDefinitionNames } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import { goQuote } from '../../api/quote.ts';
import { findCondition, type Condition } from './conditions.ts';

export interface NamesVerdict {
  readonly names: CustomResourceDefinitionNames;
  readonly namesAccepted: Condition;
  readonly established: Condition;
}

/** Whether there is nothing to decide. */
export function namesSettled({ spec, status }: CustomResourceDefinition): boolean {
  return equal(withoutEmpty(spec.names), withoutEmpty(status?.acceptedNames ?? NO_NAMES));
}

const NO_NAMES: CustomResourceDefinitionNames = { plural: '', kind: '' };
const withoutEmpty = (names: CustomResourceDefinitionNames): object => Object.fromEntries(Object.entries(names).filter(([, value]: [string, string | readonly string[]]) => value.length > 0));

/** `others` are the definitions of the same group, with this one. */
export function judgeNames(definition: CustomResourceDefinition, others: readonly CustomResourceDefinition[]): NamesVerdict {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { status } of others) {
    const names = status?.acceptedNames;
    for (const name of [names?.plural, names?.singular, ...(names?.shortNames ?? [])]) if (name) resources.add(name);
    for (const name of [names?.kind, names?.listKind]) if (name) kinds.add(name);
  }
  const wanted = definition.spec.names;
  const accepted = definition.status?.acceptedNames ?? NO_NAMES;
  const names: Draft<CustomResourceDefinitionNames> = { ...accepted } as Draft<CustomResourceDefinitionNames>;
  let conflict: Condition | undefined;
  const refuse = (reason: string, message: string) => (conflict = { type: 'NamesAccepted', status: 'False', reason, message });
  const taken = (name: string | undefined, own: string | undefined, used: ReadonlySet<string>): string | undefined => ((name ?? '') !== (own ?? '') && name && used.has(name) ? `${goQuote(name)} is already in use` : undefined);
  const take = (key: 'plural' | 'singular' | 'kind' | 'listKind', reason: string, used: ReadonlySet<string>) => {
    const why = taken(wanted[key], accepted[key], used);
    if (why) refuse(reason, why);
    else names[key] = wanted[key] ?? '';
  };
  take('plural', 'PluralConflict', resources);
  take('singular', 'SingularConflict', resources);
  if (!equal(wanted.shortNames ?? [], accepted.shortNames ?? [])) {
    const why = (wanted.shortNames ?? []).filter((name) => !accepted.shortNames?.includes(name)).flatMap((name) => taken(name, '', resources) ?? []);
    if (why.length > 0) refuse('ShortNamesConflict', why.length === 1 ? (why[0] ?? '') : `[${why.join(', ')}]`);
    else setOrDrop(names, 'shortNames', wanted.shortNames);
  }
  take('kind', 'KindConflict', kinds);
  take('listKind', 'ListKindConflict', kinds);
  setOrDrop(names, 'categories', wanted.categories);
  const namesAccepted = conflict ?? { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  return { names, namesAccepted, established: establishedOf(definition, namesAccepted) };
}

function setOrDrop(names: Draft<CustomResourceDefinitionNames>, key: 'shortNames' | 'categories', value: readonly string[] | undefined): void {
  if (value?.length) names[key] = [...value];
  else delete names[key];
}

/** Not yet: the endpoints come first, then the condition says so. */
function establishedOf(definition: CustomResourceDefinition, namesAccepted: Condition): Condition {
  const old: Condition = findCondition(definition, 'Established') ?? { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
  if (old.status === 'True' || namesAccepted.status !== 'True') return old;
  return { type: 'Established', status: 'False', reason: 'Installing', message: 'the initial names have been accepted' };
}
