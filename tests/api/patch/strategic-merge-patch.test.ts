import { applyPatch, applyStrategicMergePatch, schemaForKind, type PatchSchema } from '../../../src/api/patch/index.ts';

const POD = schemaForKind('v1', 'Pod') as PatchSchema;
const apply = (object: object, patch: object) => applyStrategicMergePatch(object, patch, POD);
const containers = (...list: object[]) => ({ spec: { containers: list } });

describe('strategic merge patch', () => {
  test('knows the merge keys of built-in kinds, and no others', () => {
    expect(POD.field('spec').elementSchema.field('containers')).toMatchObject({ mergeKey: 'name', strategies: ['merge'] });
    expect(schemaForKind('apps/v1', 'Deployment')?.field('spec').strategies).toEqual([]);
    expect(schemaForKind('example.com/v1', 'Widget')).toBeUndefined();
    expect(() => POD.field('spec').elementSchema.field('nope')).toThrow('unable to find api field in struct PodSpec for the json field "nope"');
  });

  test('merges lists by key, in the order of the patch, what only the server has comes after its neighbours', () => {
    expect(apply(containers({ name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }] }, { name: 'b', image: 'b:1' }), containers({ name: 'c', image: 'c:1' }, { name: 'a', env: [{ name: 'Y', value: '2' }] })))
      .toEqual(containers({ name: 'c', image: 'c:1' }, { name: 'a', image: 'a:1', env: [{ name: 'Y', value: '2' }, { name: 'X', value: '1' }] }, { name: 'b', image: 'b:1' }));
  });

  test('replaces lists without a merge strategy', () => {
    expect(apply(containers({ name: 'a', args: ['1', '2'] }), containers({ name: 'a', args: ['3'] }))).toEqual(containers({ name: 'a', args: ['3'] }));
  });

  test('$patch: delete, replace', () => {
    const pod = containers({ name: 'a' }, { name: 'b' });
    expect(apply(pod, containers({ name: 'a', $patch: 'delete' }))).toEqual(containers({ name: 'b' }));
    expect(apply(pod, containers({ $patch: 'replace' }, { name: 'z' }))).toEqual(containers({ name: 'z' }));
    expect(apply({ metadata: { labels: { a: '1' } } }, { metadata: { labels: { $patch: 'replace', b: '2' } } })).toEqual({ metadata: { labels: { b: '2' } } });
    expect(apply({ metadata: { labels: { a: '1' } } }, { metadata: { labels: { $patch: 'delete' } } })).toEqual({ metadata: { labels: {} } });
  });

  test('nulls delete, and are not added', () => {
    expect(apply({ spec: { nodeName: 'n', nodeSelector: { a: '1', b: '2' } } }, { spec: { nodeName: null, hostname: null, nodeSelector: { a: null, c: null } } })).toEqual({ spec: { nodeSelector: { b: '2' } } });
  });

  test('$deleteFromPrimitiveList and merging of primitive sets', () => {
    const object = { metadata: { finalizers: ['a', 'b', 'c'] } };
    expect(apply(object, { metadata: { '$deleteFromPrimitiveList/finalizers': ['b'] } })).toEqual({ metadata: { finalizers: ['a', 'c'] } });
    expect(apply(object, { metadata: { finalizers: ['c', 'd'] } })).toEqual({ metadata: { finalizers: ['a', 'b', 'c', 'd'] } });
  });

  test('$setElementOrder puts the list in order, elements of the server keep theirs', () => {
    expect(apply(containers({ name: 'a' }, { name: 'server' }, { name: 'b' }), { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }, { name: 'a' }], containers: [{ name: 'c' }] } }))
      .toEqual(containers({ name: 'server' }, { name: 'b' }, { name: 'c' }, { name: 'a' }));
  });

  test('$retainKeys clears what it does not name', () => {
    const pod = { spec: { volumes: [{ name: 'v', emptyDir: {}, other: 1 }] } };
    expect(apply(pod, { spec: { volumes: [{ name: 'v', hostPath: { path: '/x' }, $retainKeys: ['hostPath', 'name'] }] } })).toEqual({ spec: { volumes: [{ name: 'v', hostPath: { path: '/x' } }] } });
  });

  test.each([
    [containers({ image: 'x' }), 500, 'map: map[image:x] does not contain declared merge key: name'],
    [containers({ name: 'a', $patch: 'frob' }), 500, 'unknown patch type: frob in map: map[$patch:frob name:a]'],
    [{ spec: { volumes: [{ name: 'v', hostPath: {}, $retainKeys: ['name'] }] } }, 400, 'invalid patch format of retainKeys'],
    [{ metadata: { '$deleteFromPrimitiveListX/finalizers': [] } }, 400, 'invalid patch format of primitive list'],
    [{ spec: { '$setElementOrder/containers': [{ name: 'a' }], containers: [{ name: 'q' }] } }, 500, "The order in patch list:\n[map[name:q]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n"],
  ])('refuses %j', (patch, code, message) => {
    const pod = { metadata: { finalizers: ['f'] }, spec: { containers: [{ name: 'a' }], volumes: [{ name: 'v' }] } };
    expect(() => applyPatch('strategic', pod, patch, POD)).toThrow(expect.objectContaining({ message, code }));
  });

  test('is refused for kinds without a schema', () => {
    expect(() => applyPatch('strategic', {}, {})).toThrow(expect.objectContaining({ code: 400, message: 'strategic merge patch format is not supported' }));
  });
});
