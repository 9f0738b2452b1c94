/** Pairs from files and lines, hashes of names, and key pairs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newConfigMap } from '../../../src/kubectl/generate/config-map.ts';
import { addEnvFiles } from '../../../src/kubectl/generate/data-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'sources-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const request = { name: 'c', namespace: '', appendHash: false, files: [], literals: [], envFiles: [], env: {} };

test('text goes to data, anything else to binaryData; folders give their files', () => {
  mkdirSync(join(folder, 'dir/sub'), { recursive: true });
  file('dir/text', 'ü\n');
  file('dir/bytes', Buffer.from([0xff, 0]));
  expect(newConfigMap({ ...request, files: [join(folder, 'dir'), `other=${file('x', '')}`] })).toMatchObject({ data: { text: 'ü\n', other: '' }, binaryData: { bytes: '/wA=' } });
});

test('the hash follows the content', () => {
  const name = (value: string): string => newConfigMap({ ...request, appendHash: true, literals: [`a=${value}`] }).metadata.name ?? '';
  expect(name('b')).toMatch(/^c-[bcdfghjkmt2456789]{10}$/);
  expect(name('b')).toBe(name('b'));
  expect(name('b')).not.toBe(name('d'));
});

test('env files: comments, values with spaces, and variables from the environment', () => {
  const pairs: Record<string, string> = {};
  addEnvFiles([file('env', '\ufeff# no\n\n  A=b c \nB\nC=d=e\r\n')], 'config', { B: 'given' }, (key, value) => void (pairs[key] = value.toString()));
  expect(pairs).toEqual({ A: 'b c ', B: 'given', C: 'd=e' });
});
