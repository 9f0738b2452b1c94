/** What all families of random command lines are made of. */
import fc from '../../support/property.ts';

/** One trial: a command line, and what it finds. */
export interface Line {
  /** The word DIR in them is the folder of `files`. */
  readonly args: readonly string[];
  readonly input: string;
  /** Files by name, in a folder of each side's own. They are compared afterwards, too. */
  readonly files?: Readonly<Record<string, string>>;
  /** What a cluster holds, where the command asks one. */
  readonly objects?: readonly object[];
  /** What else it holds; reports of a difference leave it out. */
  readonly around?: readonly object[];
}

/** Words of a command line. */
export type Words = fc.Arbitrary<readonly string[]>;

export const words = (...parts: readonly (Words | string)[]): Words => fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant([part]) : part))).map((all) => all.flat());
export const one = (arbitrary: fc.Arbitrary<string>): Words => arbitrary.map((word) => [word]);
export const flag = (flagName: string, arbitrary: fc.Arbitrary<string>): Words => arbitrary.map((text) => [`--${flagName}=${text}`]);
export const maybe = (part: Words): Words => fc.oneof(fc.constant([]), part);
export const some = (part: Words, maxLength = 3): Words => fc.array(part, { maxLength }).map((all) => all.flat());

export const name = fc.constantFrom('web', 'a', 'my-app', 'x1', '0', 'a.b', 'Bad', 'true', 'null', 'a-very-long-name-that-goes-on-and-on-for-more-than-sixty-three-letters');
export const key = fc.constantFrom('a', 'app', 'example.com/key', 'x.y', '1', 'bad key', '');
export const value = fc.constantFrom('b', '1', 'true', 'null', '', ' ', 'a: b', '#c', "it's", '"', 'ü', '-', '0x1', '1e3', 'a,b', 'x=y', '2024-01-01', '~', '*a', '<&>', 'line\nbreak', '\t');
export const number = fc.constantFrom('0', '1', '3', '80', '8080', '65535', '65536', '-1', 'x', '007');
export const quantity = fc.constantFrom('1', '100m', '1Gi', '0.5', '1e3', '1.5Gi', '-1', '1X', '');

/** Any JSON value, few names and odd texts. */
export const json: fc.Arbitrary<unknown> = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(value, fc.constantFrom<unknown>('web', '1Gi', '100m', 0, 1, -1, 80, 1.5, 12345678, 1e21, true, false, null)),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'name', 'x.y', 'Kind', '1', 'items'), tie('any'), { maxKeys: 3 }),
  ),
})).any;

/** The same text with one letter gone, doubled or out of place: what parsers stumble over. */
export const mistyped = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.nat(200), fc.constantFrom('', '', '{', '}', '[', ']', '(', ')', '.', "'", '"', ' ', '\\', '|', ',', ':', '@', '?', '*', '$', '-', '0', 'x', '\n', 'é', '=')).map(([whole, at, letter]) => {
    const letters = [...whole];
    letters.splice(at % (letters.length + 1), letter === '' ? 1 : 0, letter);
    return letters.join('');
  });
