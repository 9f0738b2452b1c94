/**
 * Long tables of lines, of which each costs a process of the real kubectl: `npm test` takes an even part of them, the same
 * each time; PARITY=all, as `npm run test:parity` sets it, all.
 */
const ALL = process.env['PARITY'] === 'all';

/** One of every `n`. */
export const oneOf = <T>(n: number, table: readonly T[]): readonly T[] => (ALL ? table : table.filter((_, index) => index % n === 0));
