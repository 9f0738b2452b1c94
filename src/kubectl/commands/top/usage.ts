/** What is used of CPU and memory, and how it is shown (kubectl pkg/metricsutil). */
import { Quantity, parseQuantity } from '../../../api/quantity.ts';
import { TabWriter } from '../../printers/tab-writer.ts';

/** Quantities by the names of resources. */
export type Usage = Readonly<Record<string, string | number>>;

/** --sort-by */
export type SortBy = '' | 'cpu' | 'memory';

const MEASURED = ['cpu', 'memory'] as const;
const MIB = 1024 * 1024;
/** What Go makes of a number that is none (on amd64). */
const NO_INTEGER = '-9223372036854775808';

interface Measured {
  readonly cpu: Quantity;
  readonly memory: Quantity;
}

const zero = new Quantity(0n, 'DecimalSI');
const NOTHING: Measured = { cpu: zero, memory: zero };

export function measured(usage: Usage = {}): Measured {
  const quantity = (name: string): Quantity => (usage[name] === undefined ? zero : parseQuantity(String(usage[name])));
  return { cpu: quantity('cpu'), memory: quantity('memory') };
}

export const sum = (parts: readonly Measured[]): Measured => parts.reduce((total, part) => ({ cpu: total.cpu.add(part.cpu), memory: total.memory.add(part.memory) }), NOTHING);

/** The order of two: the one that uses more first, or else by `tie`. */
export function byUsage<Row>(sortBy: SortBy, usageOf: (row: Row) => Measured, tie: (a: Row, b: Row) => number): (a: Row, b: Row) => number {
  if (sortBy === 'cpu') return (a, b) => usageOf(b).cpu.milliValue() - usageOf(a).cpu.milliValue();
  if (sortBy === 'memory') return (a, b) => usageOf(b).memory.value() - usageOf(a).memory.value();
  return tie;
}

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A table whose every cell is followed by a gap. */
export class UsageTable {
  readonly #writer = new TabWriter();

  row(cells: readonly string[]): void {
    this.#writer.row([...cells, '']);
  }

  toString(): string {
    return this.#writer.flush();
  }
}

/** A line's cells on usage; where it is known what there is, each with its part of it. */
export function usageCells(used: Measured, available: Usage = {}): string[] {
  return MEASURED.flatMap((name) => {
    const shown = name === 'cpu' ? `${used.cpu.milliValue()}m` : `${Math.trunc(used.memory.value() / MIB)}Mi`;
    const whole = available[name];
    if (whole === undefined) return [shown];
    const part = Math.trunc((used[name].milliValue() / parseQuantity(String(whole)).milliValue()) * 100);
    return [shown, `${Number.isFinite(part) ? part : NO_INTEGER}%`];
  });
}
