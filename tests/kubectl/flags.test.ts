import { enabledFlags, firstArgument, FlagError, flagsOf, parseFlags, type FlagTable } from '../../src/kubectl/flags.ts';

const TABLE = {
  output: { type: 'string', default: '', short: 'o', description: '' },
  namespace: { type: 'string', default: '', short: 'n', description: '' },
  watch: { type: 'bool', default: false, short: 'w', description: '' },
  all: { type: 'bool', default: false, short: 'A', description: '' },
  'server-print': { type: 'bool', default: true, description: '' },
  replicas: { type: 'int32', default: 1, short: 'r', description: '' },
  timeout: { type: 'duration', default: 0, description: '' },
  labels: { type: 'strings', default: [], short: 'L', description: '' },
  literal: { type: 'array', default: [], description: '' },
  image: { type: 'stringToString', default: new Map(), description: '' },
  rule: { type: 'mapStringString', default: new Map(), description: '' },
  'dry-run': { type: 'string', default: 'none', noValue: 'unchanged', description: '' },
} as const satisfies FlagTable;

const parse = (...argv: string[]) => parseFlags(TABLE, argv);
const valueOf = (name: keyof typeof TABLE, ...argv: string[]) => parse(...argv).values[name];

describe('pflag grammar', () => {
  it.each([
    ['--output', 'wide'], ['--output=wide'], ['-o', 'wide'], ['-owide'], ['-o=wide'], ['-wo', 'wide'], ['-wowide'], ['-wAo=wide'],
  ])('%s %s', (...argv) => expect(valueOf('output', ...argv)).toBe('wide'));

  it('finds flags anywhere and keeps arguments in order', () => {
    const line = parse('pods', '-w', 'web', '--output', 'yaml', 'db');
    expect(line.args).toEqual(['pods', 'web', 'db']);
    expect([...line.changed].sort()).toEqual(['output', 'watch']);
  });

  it('takes what follows "--" as it is, and says where it stood', () => {
    const line = parse('web', '--', 'sh', '-c', '--output');
    expect(line.args).toEqual(['web', 'sh', '-c', '--output']);
    expect(line.argumentsBeforeDash).toBe(1);
  });

  it('gives a bool no value but with "="', () => {
    expect(parse('--watch', 'false').args).toEqual(['false']);
    expect(valueOf('watch', '--watch=false')).toBe(false);
    expect(valueOf('server-print', '--server-print=0')).toBe(false);
    expect(valueOf('watch', '-w=true')).toBe(true);
  });

  it('lets a flag stand without its value where it has one for that', () => {
    expect(valueOf('dry-run', '--dry-run')).toBe('unchanged');
    expect(parse('--dry-run', 'client')).toMatchObject({ values: { 'dry-run': 'unchanged' }, args: ['client'] });
    expect(valueOf('dry-run', '--dry-run=server')).toBe('server');
  });

  it('splits lists at commas outside quotes, and takes arrays whole', () => {
    expect(valueOf('labels', '-L', 'a,b', '--labels=c')).toEqual(['a', 'b', 'c']);
    expect(valueOf('labels', '-L', '"a,b",c')).toEqual(['a,b', 'c']);
    expect(valueOf('labels', '-L', '"say ""hi"""')).toEqual(['say "hi"']);
    expect(valueOf('literal', '--literal', 'a,b', '--literal=c')).toEqual(['a,b', 'c']);
  });

  it('reads the first record of a text, as encoding/csv does', () => {
    expect(valueOf('labels', '-L', '\n\r\na,"b\nc",ü\nd')).toEqual(['a', 'b\nc', 'ü']);
    expect(valueOf('labels', '-L', 'a\r')).toEqual(['a']);
    expect(valueOf('labels', '-L', 'a,')).toEqual(['a', '']);
  });

  it('takes pairs, and one pair with commas in it', () => {
    expect(valueOf('image', '--image=a=b,c', '--image="c=d"', '--image=a=1,b=2=3')).toEqual(new Map([['a', '1'], ['c', 'd'], ['b', '2=3']]));
    expect(valueOf('rule', '--rule=a = b,,c=d', '--rule=c=')).toEqual(new Map([['a', 'b'], ['c', '']]));
  });

  it('reads numbers and durations as Go does', () => {
    expect(valueOf('replicas', '-r', '0x10')).toBe(16);
    expect(valueOf('replicas', '-r=-3')).toBe(-3);
    expect(valueOf('replicas', '-r', '010')).toBe(8);
    expect(valueOf('timeout', '--timeout=1m30s')).toBe(90_000);
  });

  it('takes _ for - in long names', () => expect(valueOf('server-print', '--server_print=false')).toBe(false));

  it.each([
    [['--foo'], 'unknown flag: --foo'],
    [['--foo=1'], 'unknown flag: --foo'],
    [['-x'], "unknown shorthand flag: 'x' in -x"],
    [['-wx'], "unknown shorthand flag: 'x' in -x"],
    [['-xyz'], "unknown shorthand flag: 'x' in -xyz"],
    [['-o'], "flag needs an argument: 'o' in -o"],
    [['-wo'], "flag needs an argument: 'o' in -o"],
    [['--output'], 'flag needs an argument: --output'],
    [['--=x'], 'bad flag syntax: --=x'],
    [['---x'], 'bad flag syntax: ---x'],
    [['-w=x'], 'invalid argument "x" for "-w, --watch" flag: strconv.ParseBool: parsing "x": invalid syntax'],
    [['-r', 'x'], 'invalid argument "x" for "-r, --replicas" flag: strconv.ParseInt: parsing "x": invalid syntax'],
    [['-r', '99999999999'], 'invalid argument "99999999999" for "-r, --replicas" flag: strconv.ParseInt: parsing "99999999999": value out of range'],
    [['--timeout=5'], 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    [['--image=a'], 'invalid argument "a" for "--image" flag: a must be formatted as key=value'],
    [['--image=a=b=c,d', '--nope'], 'invalid argument "a=b=c,d" for "--image" flag: d must be formatted as key=value'],
    [['--rule=a=b,c', '--nope'], 'invalid argument "a=b,c" for "--rule" flag: malformed pair, expect string=string'],
    [['--labels=ü,"a'], 'invalid argument "ü,\\"a" for "-L, --labels" flag: parse error on line 1, column 6: extraneous or missing " in quoted-field'],
    [['--labels="a\nb"c'], 'invalid argument "\\"a\\nb\\"c" for "-L, --labels" flag: record on line 1; parse error on line 2, column 2: extraneous or missing " in quoted-field'],
    [['--labels=\n'], 'invalid argument "\\n" for "-L, --labels" flag: EOF'],
    [['--timeout=x'], 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'],
  ])('%j fails', (argv, message) => expect(() => parse(...argv)).toThrow(new FlagError(message)));
});

describe('a parsed line', () => {
  it('is given to a command by its own table', () => {
    const flags = flagsOf(TABLE, parse('-owide'));
    expect(flags.values.output).toBe('wide');
    expect(flags.changed('output')).toBe(true);
    expect(flags.changed('watch')).toBe(false);
  });
});

describe('the first argument', () => {
  it.each([
    [['get', 'pods'], 0], [['-n', 'x', 'get'], 2], [['--namespace=x', 'get'], 1], [['-nx', 'get'], 1], [['-w', 'get'], 1], [['--dry-run', 'get'], 1], [['--unknown', 'x', 'get'], 2], [['--', 'get'], -1], [['-w'], -1], [['', 'get'], 1],
  ])('of %j', (argv, at) => expect(firstArgument(TABLE, argv)).toBe(at));
});

test('a flag behind a gate is there where its variable says true', () => {
  const table = { plain: { type: 'bool', default: false, description: '' }, gated: { type: 'string', default: '', gate: 'GATE', description: '' } } as const satisfies FlagTable;
  for (const GATE of ['true', 'True', 'TRUE']) expect(enabledFlags(table, { GATE })).toBe(table);
  for (const GATE of [undefined, '', '1', 'yes', 'false']) expect(Object.keys(enabledFlags(table, { GATE }))).toEqual(['plain']);
  expect(() => parseFlags(enabledFlags(table, {}), ['--gated=x'])).toThrow(new FlagError('unknown flag: --gated'));
});
