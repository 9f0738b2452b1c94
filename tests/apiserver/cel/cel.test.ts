import fc from '../../support/property.ts';
import { CelCompileError, compileCel, CelCostError, DYN, dynamicValue, INT, listOf, mapOf, schemaType, schemaValue, STRING, toJson, type CelType, type Schema } from '../../../src/apiserver/cel/index.ts';

const run = (expression: string, variables: Record<string, unknown> = {}, types: Record<string, CelType> = {}): unknown => {
  const declared = Object.fromEntries(Object.keys(variables).map((name) => [name, types[name] ?? DYN]));
  const values = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, dynamicValue(value)]));
  return toJson(compileCel(expression, { variables: declared }).evaluate(values).value);
};

const fault = (expression: string, variables: Record<string, CelType> = {}): string => {
  try {
    compileCel(expression, { variables });
  } catch (error) {
    if (error instanceof CelCompileError) return error.message;
    throw error;
  }
  throw new Error(`compiled: ${expression}`);
};

describe('expressions', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['7 / 2', 3],
    ['-7 % 3', -1],
    ['7.0 / 2.0', 3.5],
    ['1u + 2u == 3u', true],
    ["'a' + 'b'", 'ab'],
    ['[1, 2] + [3]', [1, 2, 3]],
    ['1 < 1.5 && 2u > 1', true],
    ['dyn(1) == 1.0', true],
    ['dyn(1u) == 1', true],
    ["dyn('1') == dyn(1)", false],
    ["{'a': 1}.a", 1],
    ["{'a': 1}['a']", 1],
    ['[1, 2, 3][1]', 2],
    ['2 in [1, 2]', true],
    ["'b' in {'a': 1}", false],
    ['true ? 1 : 2', 1],
    ['[1, 2, 3].all(x, x > 0)', true],
    ['[1, 2, 3].exists(x, x > 2)', true],
    ['[1, 2, 3].exists_one(x, x > 2)', true],
    ['[1, 2, 3].map(x, x * 2)', [2, 4, 6]],
    ['[1, 2, 3].map(x, x > 1, x * 2)', [4, 6]],
    ['[1, 2, 3].filter(x, x != 2)', [1, 3]],
    ["{'a': 1, 'b': 2}.map(k, k)", ['a', 'b']],
    ["['a', 'b'].all(i, v, i < 2 && v != '')", true],
    ["{'a': 1}.exists(k, v, k == 'a' && v == 1)", true],
    ["['a', 'b'].transformList(i, v, string(i) + v)", ['0a', '1b']],
    ["{'a': 1}.transformMap(k, v, v + 1)", { a: 2 }],
    ["{'a': 'x'}.transformMapEntry(k, v, {v: k})", { x: 'a' }],
    ["size('héllo')", 5],
    ["'héllo'.charAt(1)", 'é'],
    ["'hello'.indexOf('l')", 2],
    ["'hello'.lastIndexOf('l')", 3],
    ["'a,b,c'.split(',')", ['a', 'b', 'c']],
    ["'a,b,c'.split(',', 2)", ['a', 'b,c']],
    ["['a', 'b'].join('-')", 'a-b'],
    ["'hello'.replace('l', 'L', 1)", 'heLlo'],
    ["'hello'.substring(1, 3)", 'el'],
    ["' x '.trim()", 'x'],
    ["'TacoCat'.lowerAscii()", 'tacocat'],
    ["'%s has %d, %.2f, %x, %s'.format([dyn('a'), 3, 1.5, 255, [1, dyn('b')]])", 'a has 3, 1.50, ff, [1, "b"]'],
    ["strings.quote('a\\nb')", '"a\\nb"'],
    ["'abc'.matches('^a.c$')", true],
    ["'ABC'.matches('(?i)abc')", true],
    ["'a1b22'.findAll('[0-9]+')", ['1', '22']],
    ["'a1b22'.find('[[:digit:]]+')", '1'],
    ['[1, 3, 2].max()', 3],
    ['[1, 3, 2].sum()', 6],
    ['[1, 3, 2].isSorted()', false],
    ['sets.contains([1, 2], [2])', true],
    ['sets.equivalent([1, 2], [2, 1, 1])', true],
    ["duration('1h30m').getMinutes()", 90],
    ["string(duration('1.5s'))", '1.5s'],
    ["timestamp('2025-01-02T03:04:05Z').getFullYear()", 2025],
    ["timestamp('2025-01-02T03:04:05Z').getHours('+02:00')", 5],
    ["timestamp('2025-01-02T00:00:00Z') - timestamp('2025-01-01T00:00:00Z') == duration('24h')", true],
    ["string(timestamp('2025-01-01T00:00:00Z') + duration('90s'))", '2025-01-01T00:01:30Z'],
    ['type(1) == int', true],
    ["type('a') == string && type([]) == list && type({}) == map && type(null) == null_type", true],
    ["int('42') + int(3.9) + int(2u)", 47],
    ["optional.of(1).orValue(2)", 1],
    ["optional.none().orValue(2)", 2],
    ["{'a': 1}[?'b'].orValue(5)", 5],
    ["{'a': {'b': 1}}.?a.?b.hasValue()", true],
    ["optional.of(2).optMap(x, x * 2).value()", 4],
    ["quantity('1Gi').isGreaterThan(quantity('1G'))", true],
    ["quantity('50k').add(20).asInteger()", 50020],
    ["quantity('1500m').asApproximateFloat()", 1.5],
    ["ip('192.168.0.1').family()", 4],
    ["ip.isCanonical('2001:DB8::1')", false],
    ["string(ip('2001:db8::0:1'))", '2001:db8::1'],
    ["cidr('10.0.0.0/8').containsIP('10.1.2.3')", true],
    ["cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')", true],
    ["string(cidr('10.1.2.3/8').masked())", '10.0.0.0/8'],
    ["isIP('1.2.3') || isCIDR('1.2.3.4')", false],
    ["url('https://example.com:80/a?x=1&x=2').getQuery()", { x: ['1', '2'] }],
    ["url('https://[::1]:80/').getHostname()", '::1'],
    ["isURL('a b')", false],
    ["format.dns1123Label().validate('my-name').hasValue()", false],
    ["format.named('dns1123Label').value().validate('my_name').value().size()", 1],
    ["semver('1.10.0').isGreaterThan(semver('1.9.3'))", true],
    ["semver('v1.2', true).minor()", 2],
    ["isSemver('1.2')", false],
    ["r'\\d' + '\\u00e9'", '\\dé'],
    ['[[1, 2], [3]].map(l, l.map(x, x + size(l)))', [[3, 4], [4]]],
    ['0x1F', 31],
    ['-9223372036854775808 < 0', true],
  ])('%s', (expression, expected) => {
    expect(run(expression)).toEqual(expected);
  });

  test.each([
    ["{'a': 1}.b", 'no such key: b'],
    ["dyn({'a': 1}).b", 'no such key: b'],
    ['[1][3]', 'index out of bounds: 3'],
    ['1 / 0', 'division by zero'],
    ['1 % 0', 'modulus by zero'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['1u - 2u', 'unsigned integer overflow'],
    ["int('x')", "type conversion error from 'string' to 'int'"],
    ["'abc'.charAt(9)", 'index out of range: 9'],
    ['optional.none().value()', 'optional.none() dereference'],
    ["dyn(1).startsWith('a')", 'no such overload: startsWith(int, string)'],
    ['dyn(1) + dyn("a")', 'no such overload'],
    ['[].max()', 'max called on empty list'],
    ["quantity('x')", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  ])('%s fails: %s', (expression, message) => {
    expect(() => run(expression)).toThrow(message);
  });

  test('&& and || look past errors', () => {
    expect(run('1 / 0 == 1 || true')).toBe(true);
    expect(run('false && 1 / 0 == 1')).toBe(false);
    expect(run('[0, 1].exists(x, 1 / x == 1)')).toBe(true);
    expect(() => run('[0, 2].exists(x, 1 / x == 1)')).toThrow('division by zero');
  });

  test('has tells of fields that are there', () => {
    expect(run('has(o.a) && !has(o.b) && !has(o.a.c)', { o: { a: {} } })).toBe(true);
  });

  test('a runaway expression is ended', () => {
    const many = Array.from({ length: 1000 }, (_, i) => i);
    expect(() => run('l.all(a, l.all(b, l.all(c, a + b + c >= 0)))', { l: many })).toThrow(CelCostError);
    expect(() => run('l.all(a, l.all(b, l.all(c, a + b + c >= 0)))', { l: many })).toThrow('operation cancelled: actual cost limit exceeded');
  });

  test('a program knows the variables that it uses', () => {
    const program = compileCel('self.size() > 0 && [1].all(oldSelf, oldSelf > 0)', { variables: { self: STRING, oldSelf: STRING } });
    expect([program.uses('self'), program.uses('oldSelf')]).toEqual([true, false]);
  });
});

describe('mistakes are told as cel-go tells them', () => {
  const self: Schema = { type: 'object', properties: { replicas: { type: 'integer' }, names: { type: 'array', items: { type: 'string' } } } };
  const types = { self: schemaType(self)! };

  test.each([
    ['self.foo', "ERROR: <input>:1:5: undefined field 'foo'\n | self.foo\n | ....^"],
    ['self.replicas == "a"', "ERROR: <input>:1:15: found no matching overload for '_==_' applied to '(int, string)'\n | self.replicas == \"a\"\n | ..............^"],
    ['other', "ERROR: <input>:1:1: undeclared reference to 'other' (in container '')\n | other\n | ^"],
    ['nope(self)', "ERROR: <input>:1:5: undeclared reference to 'nope' (in container '')\n | nope(self)\n | ....^"],
    ['self.names.startsWith("a")', "ERROR: <input>:1:22: found no matching overload for 'startsWith' applied to 'list(string).(string)'\n | self.names.startsWith(\"a\")\n | .....................^"],
    ['self.replicas && true', "ERROR: <input>:1:5: expected type 'bool' but found 'int'\n | self.replicas && true\n | ....^"],
    ['self.replicas.x', "ERROR: <input>:1:14: type 'int' does not support field selection\n | self.replicas.x\n | .............^"],
    ['self.replicas.all(x, true)', "ERROR: <input>:1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)\n | self.replicas.all(x, true)\n | ....^"],
    ['[1, "a"]', "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, \"a\"]\n | ....^"],
    ['has(self)', 'ERROR: <input>:1:5: invalid argument to has() macro\n | has(self)\n | ....^'],
    ["duration('x') == duration('1s')", "ERROR: <input>:1:10: invalid duration argument\n | duration('x') == duration('1s')\n | .........^"],
    ["'a'.matches('[')", "ERROR: <input>:1:13: invalid matches argument\n | 'a'.matches('[')\n | ............^"],
    ['a &&\n  b', "ERROR: <input>:1:1: undeclared reference to 'a' (in container '')\n | a &&\n | ^\nERROR: <input>:2:3: undeclared reference to 'b' (in container '')\n |   b\n | ..^"],
    ['self.replicas >', "ERROR: <input>:1:16: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | self.replicas >\n | ...............^"],
    ['(1', "ERROR: <input>:1:3: Syntax error: missing ')' at '<EOF>'\n | (1\n | ..^"],
    ['for', 'ERROR: <input>:1:1: reserved identifier: for\n | for\n | ^'],
  ])('%s', (expression, message) => {
    expect(fault(expression, types)).toBe(message);
  });

  test('types are inferred through lists, maps and optionals', () => {
    const type = (expression: string): string => JSON.stringify(compileCel(expression, { variables: { l: listOf(INT), m: mapOf(STRING, INT) } }).type.kind);
    expect(type('l.map(x, string(x))[0]')).toBe('"string"');
    expect(type('m.a')).toBe('"int"');
    expect(type('m[?"a"].orValue(1)')).toBe('"int"');
    expect(fault('l.map(x, string(x))[0] + 1', { l: listOf(INT) })).toContain("'_+_' applied to '(string, int)'");
    expect(fault('m.?a.orValue("x")', { m: mapOf(STRING, INT) })).toContain("found no matching overload for 'orValue' applied to 'optional_type(int).(string)'");
  });
});

describe('values with schemas', () => {
  const schema: Schema = {
    type: 'object',
    properties: {
      namespace: { type: 'string' },
      'a-b': { type: 'string' },
      port: { 'x-kubernetes-int-or-string': true },
      ratio: { type: 'number' },
      nothing: { type: 'string', nullable: true },
      when: { type: 'string', format: 'date-time' },
      set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
      map: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object', properties: { name: { type: 'string' }, v: { type: 'integer' } } } },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
    },
  };
  const evaluate = (expression: string, self: unknown, oldSelf: unknown = self): unknown => {
    const type = schemaType(schema, true)!;
    return toJson(compileCel(expression, { variables: { self: type, oldSelf: type } }).evaluate({ self: schemaValue(self, schema), oldSelf: schemaValue(oldSelf, schema) }).value);
  };

  test('names are escaped, kinds follow the schema', () => {
    expect(evaluate("self.__namespace__ == 'x' && self.a__dash__b == 'y'", { namespace: 'x', 'a-b': 'y' })).toBe(true);
    expect(evaluate('self.ratio == 2.0', { ratio: 2 })).toBe(true);
    expect(evaluate('self.port == 80', { port: 80 })).toBe(true);
    expect(evaluate("self.port == '80%'", { port: '80%' })).toBe(true);
    expect(evaluate('has(self.nothing)', { nothing: null })).toBe(false);
    expect(evaluate("self.when < timestamp('2026-01-01T00:00:00Z')", { when: '2025-06-01T00:00:00Z' })).toBe(true);
    expect(evaluate("'app' in self.labels && self.labels.app == 'web'", { labels: { app: 'web' } })).toBe(true);
    expect(evaluate("self.metadata.name == 'n'", { metadata: { name: 'n' } })).toBe(true);
  });

  test('sets and maps of items compare without order, and add by key', () => {
    expect(evaluate('self.set == oldSelf.set', { set: ['a', 'b'] }, { set: ['b', 'a'] })).toBe(true);
    expect(evaluate("self.set + ['b', 'c']", { set: ['a', 'b'] })).toEqual(['a', 'b', 'c']);
    expect(evaluate('self.map == oldSelf.map', { map: [{ name: 'a', v: 1 }, { name: 'b', v: 2 }] }, { map: [{ name: 'b', v: 2 }, { name: 'a', v: 1 }] })).toBe(true);
    expect(evaluate('self.map + oldSelf.map', { map: [{ name: 'a', v: 1 }] }, { map: [{ name: 'a', v: 2 }, { name: 'b', v: 3 }] })).toEqual([{ name: 'a', v: 2 }, { name: 'b', v: 3 }]);
  });
});

test('texts and numbers survive the way through an expression (100 of each)', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => run('x + ""', { x: text }) === text));
  fc.assert(fc.property(fc.maxSafeInteger(), (number) => run('x', { x: number }) === number));
  fc.assert(fc.property(fc.array(fc.integer()), (list) => JSON.stringify(run('l.filter(x, x >= 0)', { l: list })) === JSON.stringify(list.filter((x) => x >= 0))));
});

test('no text crashes the parser: it compiles or says what is wrong (1,000 tried)', () => {
  const piece = fc.constantFrom('a', '.', '(', ')', '[', ']', '{', '}', '"', "'", '&&', '||', '?', ':', ',', '1', '1.5', ' ', '+', '-', '!', 'in', 'has', 'all', '\\', '//', '\n', 'é', 'r"', 'b"');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        compileCel(pieces.join(''), { variables: {} });
        return true;
      } catch (error) {
        return error instanceof CelCompileError && error.message.startsWith('ERROR: <input>:');
      }
    }),
    { numRuns: 1000 },
  );
});
