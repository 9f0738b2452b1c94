/** Finds a kind's printer and makes the Table that clients ask for with `Accept: …;as=Table`. */
import columnTexts from '../../api/generated/columns.json' with { type: 'json' };
import type { KubeObject } from '../../api/object.ts';
import { groupResourceName, type ResourceFacts } from '../../api/resource.ts';
import { CORE_PRINTERS } from './core.ts';
import { DEFAULT_PRINTER, OTHER_PRINTERS } from './others.ts';
import { podPrinter } from './pods.ts';
import type { Cell, Printer, RowCondition, RowContext, TableColumn } from './table.ts';
import { WORKLOAD_PRINTERS } from './workloads.ts';

/** By "plural.group", or "version/plural.group" where versions differ. Each printer is used for its own kind's objects only. */
const PRINTERS = new Map<string, Printer<never>>(Object.entries({ pods: podPrinter, ...CORE_PRINTERS, ...WORKLOAD_PRINTERS, ...OTHER_PRINTERS }));

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly conditions?: readonly RowCondition[];
  readonly object?: unknown;
}

export interface Table {
  readonly kind: 'Table';
  readonly apiVersion: 'meta.k8s.io/v1';
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string; readonly remainingItemCount?: number };
  readonly columnDefinitions: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

const described = new Map<Printer<never>, Printer<KubeObject>>();

export function printerFor(resource: ResourceFacts): Printer<KubeObject> {
  const name = groupResourceName(resource);
  const printer: Printer<never> = PRINTERS.get(name) ?? PRINTERS.get(`${resource.version}/${name}`) ?? DEFAULT_PRINTER;
  let found = described.get(printer);
  if (!found) described.set(printer, (found = { ...(printer as unknown as Printer<KubeObject>), columns: printer.columns.map((column) => ({ ...column, description: descriptionOf(resource.kind, column.name) })) }));
  return found;
}

function descriptionOf(kind: string, column: string): string {
  const texts: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> = columnTexts;
  return texts[kind]?.[column] ?? texts['']?.[column] ?? '';
}

/** The Table of some objects of one resource; each row carries its object's metadata (includeObject=Metadata) or what `includeObject` makes of it. */
export function toTable(
  printer: Printer<KubeObject>,
  objects: readonly KubeObject[],
  metadata: Table['metadata'],
  context: RowContext,
  includeObject: (object: KubeObject) => unknown = partialMetadata,
): Table {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: printer.columns,
    rows: objects.map((object) => {
      const conditions = printer.conditions?.(object);
      return { cells: printer.row(object, context), ...(conditions ? { conditions } : {}), object: includeObject(object) };
    }),
  };
}

/** A PartialObjectMetadata: an object's kind and metadata alone. */
export function partialMetadata(object: KubeObject): unknown {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}
