import fc from '../support/property.ts';
import { jsonSyntaxError, scanJson, type JsonNode } from '../../src/api/json-scan.ts';

const value = (node: JsonNode): unknown =>
  node.type === 'object' ? Object.fromEntries(node.members.map(([key, member]) => [key, value(member)])) : node.type === 'array' ? node.items.map(value) : node.value;

describe('JSON, read closely', () => {
  test.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['hello', "invalid character 'h' looking for beginning of value"],
    ['{a:1}', "invalid character 'a' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['{"a":tru}', "invalid character '}' in literal true (expecting 'e')"],
    ['{"a":-}', "invalid character '}' in numeric literal"],
    ['{"a":1.}', "invalid character '}' after decimal point in numeric literal"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['"\\x"', "invalid character 'x' in string escape code"],
  ])('%s: %s', (text, message) => {
    expect(jsonSyntaxError(text)).toBe(message);
  });

  test('finds duplicates at any depth', () => {
    expect(scanJson('{"a":{"b":1,"b":2}}').duplicates).toBe(true);
    expect(scanJson('[{"a":1},{"a":2}]').duplicates).toBe(false);
    expect(scanJson('{"a":1,"\\u0061":2}').duplicates).toBe(true);
  });

  test('agrees with JSON.parse on every value', () => {
    fc.assert(fc.property(fc.json(), (text) => {
      expect(value(scanJson(text).node)).toEqual(JSON.parse(text));
    }));
  });

  test('agrees with JSON.parse on what is JSON', () => {
    fc.assert(fc.property(fc.stringMatching(/^[{}[\]",:01eE.\-+ truefalsn\\]*$/), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      expect(jsonSyntaxError(text) === undefined).toBe(valid);
    }), { numRuns: 1000 });
  });
});
