import { duplicate, forbidden, internal, invalid, invalidObject, notFound, notSupported, Path, required, tooLong, tooMany, typeInvalid } from '../../../src/apiserver/validation/field.ts';
import { goIntOrString, goLabelSelector, goStringMap } from '../../../src/apiserver/validation/go-value.ts';

const path = Path.of('spec').child('containers').index(0).child('image');

test('paths read as upstream writes them', () => {
  expect(String(path)).toBe('spec.containers[0].image');
  expect(String(Path.of('metadata', 'annotations').key('a.b/c'))).toBe('metadata.annotations[a.b/c]');
  expect(String(Path.of('').child('spec', 'nodeName'))).toBe('spec.nodeName');
});

test.each([
  [required(path), 'Required value'],
  [required(path, 'must say why'), 'Required value: must say why'],
  [invalid(path, 'a"b', 'is odd'), 'Invalid value: "a\\"b": is odd'],
  [invalid(path, 7, 'is odd'), 'Invalid value: 7: is odd'],
  [invalid(path, true, 'is odd'), 'Invalid value: true: is odd'],
  [invalid(path, null, 'is odd'), 'Invalid value: "null": is odd'],
  [notSupported(path, 'C', ['A', 'B']), 'Unsupported value: "C": supported values: "A", "B"'],
  [forbidden(path, 'may not'), 'Forbidden: may not'],
  [duplicate(path, 'x'), 'Duplicate value: "x"'],
  [notFound(path, 'x'), 'Not found: "x"'],
  [tooLong(path, 5), 'Too long: may not be more than 5 bytes'],
  [tooMany(path, 5, 4), 'Too many: 5: must have at most 4 items'],
  [tooMany(path, -1, 4), 'Too many: must have at most 4 items'],
  [typeInvalid(path, 'x', 'is a word'), 'Invalid value: "x": is a word'],
  [internal(path, 'broke'), 'Internal error: broke'],
])('%#: %s', (error, message) => {
  expect(error.message).toBe(message);
  expect(error.field).toBe('spec.containers[0].image');
});

test("structs are printed as Go's %#v", () => {
  expect(goLabelSelector({ matchLabels: { b: '2', a: '1' } })?.text).toBe('v1.LabelSelector{MatchLabels:map[string]string{"a":"1", "b":"2"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}');
  expect(goLabelSelector({ matchExpressions: [{ key: 'a', operator: 'In', values: ['x'] }] })?.text).toBe(
    'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"a", Operator:"In", Values:[]string{"x"}}}}',
  );
  expect(goIntOrString('25%').text).toBe('intstr.IntOrString{Type:1, IntVal:0, StrVal:"25%"}');
  expect(goStringMap(undefined)).toBe('map[string]string(nil)');
});

test('one fault stands alone, several in brackets, repeated ones once', () => {
  const kind = { group: 'apps', kind: 'Deployment' };
  expect(invalidObject(kind, 'web', [required('a')]).message).toBe('Deployment.apps "web" is invalid: a: Required value');
  expect(invalidObject(kind, 'web', [required('a'), required('a')]).message).toBe('Deployment.apps "web" is invalid: a: Required value');
  const error = invalidObject(kind, 'web', [required('a'), invalid('b', 1, 'x'), required('a')]);
  expect(error.message).toBe('Deployment.apps "web" is invalid: [a: Required value, b: Invalid value: 1: x]');
  expect(error.status.details?.causes).toHaveLength(3);
  expect(error.status.details?.causes?.[0]).toEqual({ reason: 'FieldValueRequired', message: 'Required value', field: 'a' });
  expect(error.code).toBe(422);
});
