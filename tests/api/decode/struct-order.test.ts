import { objectInStructOrder } from '../../../src/api/decode/struct-order.ts';
import { structOf } from '../../../src/api/decode/table.ts';
import { RESOURCES } from '../../../src/api/generated/resources.ts';
import type { KubeObject } from '../../../src/api/object.ts';

const text = (object: unknown): string => JSON.stringify(objectInStructOrder(object as KubeObject));

test('fields come in the order of their struct, maps and unknown fields sorted', () => {
  expect(text({ apiVersion: 'v1', data: { b: '1', a: '2' }, metadata: { labels: { z: '', y: '' }, name: 'n' }, kind: 'ConfigMap', unknown: 1 })).toBe(
    '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"n","labels":{"y":"","z":""}},"data":{"a":"2","b":"1"},"unknown":1}',
  );
  expect(text({ kind: 'Service', apiVersion: 'v1', spec: { type: 'ClusterIP', ports: [{ targetPort: 1, port: 80, appProtocol: 'x', name: 'a' }] } })).toBe('{"kind":"Service","apiVersion":"v1","spec":{"ports":[{"name":"a","appProtocol":"x","port":80,"targetPort":1}],"type":"ClusterIP"}}');
});

test('fields of inlined structs stand where the struct does', () => {
  expect(text({ kind: 'PersistentVolume', apiVersion: 'v1', spec: { accessModes: [], hostPath: { type: '', path: '/x' }, capacity: { storage: '1' } } })).toBe('{"kind":"PersistentVolume","apiVersion":"v1","spec":{"capacity":{"storage":"1"},"hostPath":{"path":"/x","type":""},"accessModes":[]}}');
});

test('custom resources and lists of them are sorted through and through', () => {
  expect(text({ kind: 'Widget', apiVersion: 'a.io/v1', spec: { b: [{ d: 1, c: 2 }], a: 1 }, metadata: { name: 'x', labels: {} } })).toBe('{"apiVersion":"a.io/v1","kind":"Widget","metadata":{"labels":{},"name":"x"},"spec":{"a":1,"b":[{"c":2,"d":1}]}}');
  expect(text({ kind: 'WidgetList', apiVersion: 'a.io/v1', metadata: { resourceVersion: '1' }, items: [] })).toBe('{"apiVersion":"a.io/v1","items":[],"kind":"WidgetList","metadata":{"resourceVersion":"1"}}');
});

test("a list's items follow the list's kind or their own", () => {
  expect(text({ items: [{ metadata: { uid: 'u', name: 'a' } }], metadata: {}, apiVersion: 'v1', kind: 'PodList' })).toBe('{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"a","uid":"u"}}]}');
  expect(text({ items: [{ apiVersion: 'v1', kind: 'Pod' }], apiVersion: 'v1', kind: 'List' })).toBe('{"kind":"List","apiVersion":"v1","items":[{"kind":"Pod","apiVersion":"v1"}]}');
});

test('of every served kind it is known', () => {
  for (const { model, servedByDefault } of RESOURCES) if (servedByDefault) expect([model, [...(structOf(model)?.fields.keys() ?? [])].slice(0, 3)]).toEqual([model, ['kind', 'apiVersion', 'metadata']]);
});
