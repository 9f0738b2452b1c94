import { checkPathSegments } from '../../../src/kubectl/client-config/path-segments.ts';

test.each([
  [{ name: '.' }, `invalid resource name ".": [may not be '.']`],
  [{ name: '..' }, `invalid resource name "..": [may not be '..']`],
  [{ name: 'a%/b' }, `invalid resource name "a%/b": [may not contain '/' may not contain '%']`],
  [{ namespace: 'a/b', name: 'c%' }, `invalid namespace "a/b": [may not contain '/']`],
])('%j', (request, message) => {
  expect(() => checkPathSegments(request)).toThrow(new Error(message));
});

test('names that others refuse go to the server', () => {
  for (const name of ['', 'a', 'a..b', 'system:node', 'A_B', ' ', 'http:web:80']) expect(() => checkPathSegments({ namespace: name, name })).not.toThrow();
});
