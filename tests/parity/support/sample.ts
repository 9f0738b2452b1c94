/**
 * Long tables of lines, of which each costs a process of the real kubectl: `npm test` takes an even part of them, the same
 * each time, so that it stays short on a slow machine, too; PARITY=all, as `npm run test:parity` sets it, takes all.
 */
export const ALL = process.env['PARITY'] === 'all';

const ONE_OF = 5;

/** The part of a table that this run takes. */
export const sampled = <T>(table: readonly T[]): readonly T[] => (ALL ? table : table.filter((_, index) => index % ONE_OF === 0));
