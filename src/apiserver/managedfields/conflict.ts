/** The error of an apply that would change what others own. Follows apimachinery pkg/util/managedfields/internal/conflict.go. */
import { goQuote } from '../../api/quote.ts';
import { StatusError } from '../../api/status.ts';
import type { FieldSet } from './field-set.ts';
import { paths } from './field-set.ts';
import type { Managed } from './managed.ts';
import { printPath } from './path-element.ts';

export interface Conflict {
  readonly manager: Managed;
  readonly path: readonly string[];
}

/** Thrown on the way, so that what may be overlooked can be. */
export class Conflicts extends Error {
  constructor(readonly list: readonly Conflict[]) {
    super('conflicts');
  }
}

/** The conflicts over these sets, by managers in the order of their identities. */
export function conflictsOver(sets: ReadonlyMap<Managed, FieldSet>): Conflict[] {
  return [...sets]
    .sort(([a], [b]) => (a.key < b.key ? -1 : 1))
    .flatMap(([manager, set]) => paths(set).map((path) => ({ manager, path })));
}

export function conflictError(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.map(({ manager, path }) => ({ reason: 'FieldManagerConflict', message: `conflict with ${printManager(manager)}`, field: printPath(path) }));
  return new StatusError(409, 'Conflict', messageOf(conflicts), { causes });
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (first && conflicts.length === 1) return `Apply failed with 1 conflict: conflict with ${printManager(first.manager)}: ${printPath(first.path)}`;
  const lines: string[] = [];
  let last: Managed | undefined;
  for (const { manager, path } of conflicts) {
    if (manager !== last) lines.push(`conflicts with ${printManager(manager)}:`);
    last = manager;
    lines.push(`- ${printPath(path)}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function printManager({ manager, operation, apiVersion, subresource }: Managed): string {
  return `${goQuote(manager)}${subresource ? ` with subresource ${goQuote(subresource)}` : ''}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}
