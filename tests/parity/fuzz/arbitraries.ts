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

/** Which of the flags may be given, and how many at most: a line with all of them seldom comes past the first fault. */
const SOME_FLAGS = 4;
/** Parts in any order, few of them where there are many. */
export const any = (...parts: readonly (Words | string)[]): Words =>
  fc.shuffledSubarray([...parts.keys()], { maxLength: Math.min(SOME_FLAGS, parts.length) }).chain((chosen) => words(...chosen.map((index) => parts[index] as Words | string)));

const SHORTS: Readonly<Record<string, string>> = { namespace: 'n', output: 'o', labels: 'l', selector: 'l', patch: 'p', env: 'e', containers: 'c', replicas: 'r', filename: 'f' };
type Spelling = 'equals' | 'space' | 'short' | 'short-equals' | 'joined' | 'underscores' | 'single';
const spelled = (word: string, spelling: Spelling): readonly string[] => {
  const [, flagName, text] = /^--([a-z-]+)=([^]*)$/.exec(word) ?? [];
  if (flagName === undefined || text === undefined) return [word];
  const short = SHORTS[flagName];
  switch (spelling) {
    case 'space': return [`--${flagName}`, text];
    case 'underscores': return [`--${flagName.replaceAll('-', '_')}=${text}`];
    case 'single': return [`-${flagName}=${text}`];
    case 'short': return short === undefined ? [word] : [`-${short}`, text];
    case 'short-equals': return short === undefined ? [word] : [`-${short}=${text}`];
    case 'joined': return short === undefined ? [word] : [`-${short}${text}`];
    case 'equals': return [word];
  }
};
/** Flags in all the ways in which pflag lets them be written; what stands after "--" stays. */
export const inAnySpelling = (line: Words): Words =>
  fc.tuple(line, fc.array(fc.oneof({ weight: 12, arbitrary: fc.constant<Spelling>('equals') }, { weight: 8, arbitrary: fc.constantFrom<Spelling>('space', 'short', 'short-equals', 'joined') }, fc.constantFrom<Spelling>('underscores', 'underscores', 'underscores', 'single')), { minLength: 1, maxLength: 12 })).map(([all, spellings]) => {
    const dash = all.indexOf('--');
    const flags = dash < 0 ? all : all.slice(0, dash);
    return [...flags.flatMap((word, index) => spelled(word, spellings[index % spellings.length] ?? 'equals')), ...(dash < 0 ? [] : all.slice(dash))];
  });

/** Mostly of the first, at times of the others. */
const mostly = <T>(usual: fc.Arbitrary<T>, ...odd: fc.Arbitrary<T>[]): fc.Arbitrary<T> => fc.oneof({ weight: 4, arbitrary: usual }, ...odd);
const LONG = 'a-very-long-name-that-goes-on-and-on-for-more-than-sixty-three-letters';

export const name = mostly(fc.constantFrom('web', 'a', 'my-app', 'x1', '0', 'a.b'), fc.constantFrom('Bad', 'true', 'null', LONG, `${LONG}.`.repeat(4), 'ü', '', 'a/b', 'web/x', '1e3', '0x1', 'a b', '-', 'a_b', '.', '..', '"', "it's", '*'));
export const key = mostly(fc.constantFrom('a', 'app', 'example.com/key', 'x.y', '1', 'A_b'), fc.constantFrom('bad key', '', 'ü', '/a', 'a/', 'a/b/c', '-a', 'a-', '.', '..', '..a', LONG, 'true', 'null', '1e3', 'a.b.c/', 'Example.com/key', 'k=', '#'));
export const value = fc.oneof(
  fc.constantFrom('b', '1', 'true', 'null', '', ' ', 'a: b', '#c', "it's", '"', 'ü', '-', '0x1', '1e3', 'a,b', 'x=y', '2024-01-01', '~', '*a', '<&>', 'line\nbreak', '\t'),
  fc.constantFrom('0o7', '0b1', '1_000', '.5', '1.', '+1', '007', '1e+3', '.inf', '-.inf', '.nan', 'NaN', 'yes', 'No', 'on', 'off', 'y', 'N', 'Null', 'TRUE', '2001-12-14t21:59:43.10-05:00', '12:30:45', '1:20', '=', '<<', '!a', '&a', '@a', '`a', '%a', '[a', '{a}', 'a]', '|', '>', '|-', '? a', '- a', '-a', '--', '---', '...', 'a:', ':a', 'a #b', 'a#b', ' a', 'a ', 'a\n', '\na', 'a\n\nb', 'a\n  b\n', '  a\nb', '\n', 'a\r\nb', '\r', 'a\tb', '\u0007', '\u001b[0m', '\u007f', '\u0085', '\u00a0', '\u2028', '\ufeff', '\ufffd', '😀', '\\', '\\n', 'C:\\x', '"a"', "'a'", "'", 'a"b', '${A}', '$(A)', '{{.kind}}', '9007199254740993', '1e400', '-0', '0.0', '18446744073709551616', LONG, `${'long words '.repeat(12)}end`, `${'x'.repeat(300)}`, `${'a b '.repeat(30)}\nnext`),
);
export const number = mostly(fc.constantFrom('0', '1', '3', '80', '8080', '65535'), fc.constantFrom('65536', '-1', 'x', '007', '1e3', '0x1F', '0X1f', '0b1', '0o7', '1_000', '_1', '1_', '+5', '2147483647', '2147483648', '-2147483649', '9223372036854775808', ' 1', '1.0', '', '-', '08', '٣'));
export const quantity = mostly(fc.constantFrom('1', '100m', '1Gi', '0.5', '1e3', '1.5Gi', '2000m', '0'), fc.constantFrom('-1', '1X', '', '1E', '1e', '1e-3', '.5', '5.', '+1', '1_000', '0x10', '1k', '1K', '1m', '1n', '1u', '0.1m', '0.0001m', '1Ti', '1Pi', '1Ei', '1.5Ei', '12345678901234567890', '123456789012345678901234567890Gi', '1.2.3', '1 Gi', '1e100', '1E3', '1e3Gi', '1mi', '1.0', '1000', '1024', '1000000', '1024Ki', '0.1', '0.001', '3.14159265358979', '100M', '1.5', '00', '1.50Gi', '-0', '1e2147483648'));
export const duration = mostly(fc.constantFrom('0', '1s', '1m30s', '1h', '100ms'), fc.constantFrom('1.5h', '-1s', '1', 'x', '1d', '1us', '1µs', '9223372036854775807ns', '9223372036854775808ns', '10000000h', '', '+5s', '.5s', '1s1', 's', '-', '1.s', '0x1s', '1 s'));
export const truth = mostly(fc.constantFrom('true', 'false'), fc.constantFrom('1', '0', 'T', 'f', 'x', '', 'TRUE', 'tRUE', 'yes', '2'));

/** What -o and its companions take; templates that stand in files are among TEMPLATES. */
const FORMATS = ['yaml', 'json', 'name'];
const EXPRESSIONS = ['{.metadata.name}', '{.spec}', '{range .data.*}{@}{"\\n"}{end}', '{.metadata}', '{.nope}', '{.metadata.labels.app}', '{..name}{"\\n"}', '{.kind', 'x'];
const GO_TEMPLATES = ['{{.kind}} {{len .metadata}}', '{{range $k, $v := .metadata}}{{$k}}={{$v}};{{end}}', '{{.metadata.labels.app | printf "%q"}}', '{{.nope}}', '{{.nope.x}}', '{{', '{{.metadata.name}}{{"\\n"}}', '{{.spec}}', '{{printf "%v" .metadata}}'];
export const TEMPLATES: Readonly<Record<string, string>> = { 'good.gotmpl': '{{.kind}}/{{.metadata.name}}\n', 'bad.gotmpl': '{{.kind', 'good.jsonpath': '{.kind}/{.metadata.name}', 'lines.jsonpath': '{.kind}\n{.metadata}\n', 'bad.jsonpath': '{.kind', 'columns.txt': 'NAME KIND\n.metadata.name .kind\n' };
const FILES = [...Object.keys(TEMPLATES).map((each) => `DIR/${each}`), 'DIR/nope', 'DIR', ''];
const suiting = (format: string): fc.Arbitrary<string> => fc.constantFrom(...(format.endsWith('file') ? FILES : format.startsWith('jsonpath') ? EXPRESSIONS : GO_TEMPLATES));
const templated = fc.constantFrom('go-template', 'template', 'jsonpath', 'jsonpath-as-json', 'go-template-file', 'templatefile', 'jsonpath-file');
export const output: Words = fc.oneof(
  { weight: 8, arbitrary: flag('output', fc.constantFrom(...FORMATS)) },
  { weight: 4, arbitrary: templated.chain((format) => flag('output', suiting(format).map((each) => `${format}=${each}`))) },
  { weight: 2, arbitrary: templated.chain((format) => suiting(format).map((each) => [`--output=${format}`, `--template=${each}`])) },
  flag('template', fc.constantFrom(...GO_TEMPLATES, 'DIR/good.gotmpl')),
  fc.constantFrom(['--output=nope'], ['--output=wide'], ['--output='], ['--output=YAML'], ['--output=custom-columns=A:.kind'], ['--output=jsonpath'], ['--output=go-template='], ['--output=jsonpath='], ['--output=yaml', '--output=json'], ['--output=yaml', '--template={{.kind}}'], ['--output=json', '--allow-missing-template-keys=x'], ['--output=yaml', '--show-managed-fields'], []),
  templated.chain((format) => suiting(format).map((each) => [`--output=${format}=${each}`, '--allow-missing-template-keys=false'])),
);

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
