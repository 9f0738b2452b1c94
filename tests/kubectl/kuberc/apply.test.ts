import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyPreferences } from '../../../src/kubectl/kuberc/apply.ts';
import { memoryStreams } from '../../../src/kubectl/streams.ts';

const home = mkdtempSync(join(tmpdir(), 'kuberc-'));
mkdirSync(join(home, '.kube'));
afterAll(() => rmSync(home, { recursive: true }));

async function apply(text: string, line: string, env: Readonly<Record<string, string>> = {}): Promise<{ argv: readonly string[]; preset: Record<string, unknown>; said: string; first: string | undefined }> {
  writeFileSync(join(home, '.kube/kuberc'), `apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\n${text}`);
  const streams = memoryStreams();
  const { argv, preset, commands } = await applyPreferences(line.split(' '), { streams, env: { HOME: home, KUBECTL_KUBERC: 'true', ...env }, program: 'kubectl', signal: new AbortController().signal });
  return { argv, preset: Object.fromEntries(preset), said: streams.err(), first: commands[0]?.name };
}

const GETN = 'aliases: [{name: getn, command: get, prependArgs: [node], appendArgs: [--, x], flags: [{name: output, default: wide}, {name: show-labels, default: "true"}]}]\n';

test('an alias becomes a command, with its arguments around those that are given', async () => {
  expect(await apply(GETN, 'getn a b')).toEqual({ argv: ['getn', 'node', 'a', 'b', '--', 'x'], preset: { output: 'wide', 'show-labels': true }, said: '', first: 'getn' });
  expect((await apply(GETN, 'getn')).argv).toEqual(['getn', 'node', '--', 'x']);
});

test.each(['getn -o json', 'getn -ojson', 'getn --output=json', 'getn --output json', 'getn -Aow'])('flags on the line win: %s', async (line) => {
  expect((await apply(GETN, line)).preset).toEqual({ 'show-labels': true });
});

test('overrides go by the last word of a command, and leave aliases alone', async () => {
  const overrides = 'overrides: [{command: set image, flags: [{name: namespace, default: x}]}, {command: nope, flags: []}, {command: get, flags: [{name: selector, default: a=b}]}]\n';
  expect(await apply(overrides, 'set image deploy/a b=c')).toMatchObject({ preset: { namespace: 'x' }, said: 'Warning: command "nope" not found to set kuberc override\n' });
  expect((await apply(GETN + overrides, 'getn a')).preset).toEqual({ output: 'wide', 'show-labels': true });
  expect((await apply(GETN + overrides, 'get pods')).preset).toEqual({ selector: 'a=b' });
});

test('lists grow with each default', async () => {
  expect((await apply('overrides: [{command: run, flags: [{name: env, default: A=1}, {name: env, default: B=2}]}]\n', 'run x --image=y')).preset).toEqual({ env: ['A=1', 'B=2'] });
});

test('KUBERC=off leaves the file alone', async () => {
  expect((await apply(GETN, 'getn a', { KUBERC: 'off' })).argv).toEqual(['getn', 'a']);
});

test.each([
  ['aliases: [{name: x, command: nope a}]\n', 'x', 'command "nope a" not found to set alias "x": [nope a]'],
  ['aliases: [{name: x, command: get, flags: [{name: nope, default: a}]}]\n', 'x', 'invalid alias flag nope in alias kubectl'],
  ['aliases: [{name: x, command: get, flags: [{name: watch, default: a}]}]\n', 'x', 'could not apply value a to flag watch in alias kubectl err: invalid argument "a" for "-w, --watch" flag: strconv.ParseBool: parsing "a": invalid syntax'],
  ['aliases: [{name: x, command: get}]\noverrides: [{command: x, flags: []}]\n', 'x', 'alias x can not be overridden'],
  ['overrides: [{command: get, flags: [{name: nope, default: a}]}]\n', 'get pods', 'invalid flag nope for command get'],
  ['overrides: [{command: get, flags: [{name: -o, default: a}]}]\n', 'version', 'flag name -o should be in long form without dashes'],
])('%j, %s', async (text, line, fault) => {
  await expect(apply(text, line)).rejects.toThrow(`error occurred while applying preferences ${fault}`);
});
