/** The numbers are those of upstream's own tests (apiextensions-apiserver pkg/apiserver/schema/cel/compilation_test.go: TestCostEstimation). */
import { compileCel, costMessage, schemaSizes, schemaType, STATIC_COST_LIMIT, type Schema } from '../../../src/apiserver/cel/index.ts';

const cost = (schema: Schema, rule: string): number => compileCel(rule, { variables: { self: schemaType(schema)! } }).maxCost(schemaSizes(schema).sizeOf);
const array = (items: Schema, maxItems?: number): Schema => ({ type: 'array', items, ...(maxItems === undefined ? {} : { maxItems }) });
const map = (additionalProperties: Schema, maxProperties?: number): Schema => ({ type: 'object', additionalProperties, ...(maxProperties === undefined ? {} : { maxProperties }) });
const text = (maxLength?: number): Schema => ({ type: 'string', ...(maxLength === undefined ? {} : { maxLength }) });
const NUMBER: Schema = { type: 'number' };

test.each<[string, Schema, string, number]>([
  ['numbers', array(NUMBER), 'self.all(x, true)', 4718591],
  ['ten numbers', array(NUMBER, 10), 'self.all(x, true)', 32],
  ['strings', array(text()), 'self.all(x, true)', 3145727],
  ['booleans', array({ type: 'boolean' }), 'self.all(x, true)', 1887437],
  ['arrays of numbers', array(array(NUMBER)), 'self.all(x, true)', 3145727],
  ['a map of numbers', map(NUMBER), 'self.all(x, true)', 1348169],
  ['a map of strings', map(text()), 'self.all(x, true)', 1179647],
  ['three strings', map(text(), 3), 'self.all(x, true)', 11],
  ['contains', text(), "self.contains('test')", 314574],
  ['contains, short', text(10), "self.contains('test')", 5],
  ['startsWith', text(), "self.startsWith('test')", 2],
  ['texts put together', text(), 'size(self + "hello") > size("hello")', 314578],
  ['short texts put together', text(4), 'size(self + "hello") > size("hello")', 7],
  ['an index', array(NUMBER), 'self[1] == 0.0', 2],
  ['two indexes of strings', array(text()), 'self[1] == self[1]', 314577],
  ['a loop in a loop', array(NUMBER, 10), 'self.all(x, self.all(y, true))', 352],
  ['a loop in a loop in a loop', array(NUMBER, 10), 'self.all(x, self.all(y, self.all(z, true)))', 3552],
  ['a pattern', text(), 'self.matches("x")', 314574],
  ['a pattern and a short text', text(50), 'self.matches("x")', 22],
  ['an empty pattern', text(), 'self.matches("")', 1],
  ['equal texts', text(), 'self == "x"', 2],
  ['equal to a text of no length', text(0), 'self == "x"', 1],
  ['a comparison in a loop', array(NUMBER), 'self.all(x, x == 0.0)', 6291454],
  ['ints or strings', array({ 'x-kubernetes-int-or-string': true }), 'self.all(x, true)', 4718591],
  ['an int or a string', array({ 'x-kubernetes-int-or-string': true }), 'self[0] == 5', 3],
])('%s', (_name, schema, rule, expected) => {
  expect(cost(schema, rule)).toBe(expected);
});

test('rules that cost too much are told how much', () => {
  const squared = cost(array(NUMBER), 'self.all(x, self.all(y, true))');
  expect(squared).toBeGreaterThan(STATIC_COST_LIMIT);
  expect(costMessage('estimated rule cost', squared, STATIC_COST_LIMIT)).toBe('estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)');
  expect(costMessage('estimated rule cost', 12_345_678, STATIC_COST_LIMIT)).toContain('factor of 1.234568x');
  expect(costMessage('estimated rule cost', 25_000_000, STATIC_COST_LIMIT)).toContain('factor of 2.5x');
});
