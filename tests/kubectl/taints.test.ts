import type { Taint } from '../../src/api/generated/types.ts';
import { changeTaints, parseTaints } from '../../src/kubectl/commands/taint/taints.ts';

const OLD: readonly Taint[] = [{ key: 'a', value: 'b', effect: 'NoSchedule' }, { key: 'a', effect: 'NoExecute' }];
const change = (specs: string, overwrite = false) => changeTaints('node-1', OLD, parseTaints(specs.split(' ')), overwrite);

describe('taints', () => {
  it('new ones come first', () => expect(change('c=d:NoSchedule')).toEqual({ operation: 'tainted', taints: [{ key: 'c', value: 'd', effect: 'NoSchedule' }, ...OLD] }));
  it('one with an effect is removed', () => expect(change('a:NoExecute-')).toEqual({ operation: 'untainted', taints: [OLD[0]] }));
  it('all with a key are removed', () => expect(change('a-')).toEqual({ operation: 'untainted', taints: [] }));
  it('adding and removing modifies', () => expect(change('c:NoSchedule a-').operation).toBe('modified'));
  it('one that is there is kept', () => expect(() => change('a=c:NoSchedule')).toThrow('node node-1 already has a taint(s) with same effect(s) and --overwrite is false'));
  it('unless it may be overwritten', () => expect(change('a=c:NoSchedule', true)).toEqual({ operation: 'modified', taints: [{ key: 'a', value: 'c', effect: 'NoSchedule' }, OLD[1]] }));
  it('one that is not there cannot be removed', () => expect(() => change('x:NoSchedule-')).toThrow('taint "x:NoSchedule" not found'));

  it.each([
    ['x:Foo', 'invalid taint effect: Foo, unsupported taint effect'],
    ['x', 'invalid taint spec: x'],
    ['x=y=z:NoSchedule', 'invalid taint spec: x=y=z:NoSchedule'],
    ['x:y:NoSchedule', 'invalid taint spec: x:y:NoSchedule'],
    ['x:NoSchedule x=y:NoSchedule', 'duplicated taints with the same key and effect: {x y NoSchedule <nil>}'],
  ])('%s is refused', (specs, text) => expect(() => parseTaints(specs.split(' '))).toThrow(text));
});
