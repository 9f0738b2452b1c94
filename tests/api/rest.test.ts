import { parseAccept, parseDeleteOptions, parsePatchType, parseRest, pathOf, toRest } from '../../src/api/rest.ts';
import type { ApiRequest } from '../../src/api/request.ts';

const PODS = { group: '', version: 'v1', resource: 'pods' };
const DEPLOYMENTS = { group: 'apps', version: 'v1', resource: 'deployments' };

describe('REST paths', () => {
  test.each([
    [{ ...PODS, namespace: 'default', name: 'a' }, '/api/v1/namespaces/default/pods/a'],
    [{ ...PODS }, '/api/v1/pods'],
    [{ ...PODS, namespace: 'default', name: 'a', subresource: 'status' }, '/api/v1/namespaces/default/pods/a/status'],
    [{ ...DEPLOYMENTS, namespace: 'x', name: 'd', subresource: 'scale' }, '/apis/apps/v1/namespaces/x/deployments/d/scale'],
    [{ group: '', version: 'v1', resource: 'namespaces', name: 'kube-system' }, '/api/v1/namespaces/kube-system'],
    [{ group: '', version: 'v1', resource: 'namespaces', name: 'x', subresource: 'status' }, '/api/v1/namespaces/x/status'],
    [{ group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles', name: 'system:node' }, '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode'],
  ])('%j <-> %s', (target, path) => {
    expect(pathOf(target)).toBe(path);
    expect(parseRest('GET', path)).toMatchObject({ ...target, verb: 'name' in target ? 'get' : 'list' });
  });

  test.each(['/', '/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/healthz', '/mock/clock?x=1', '/version'])('%s is no resource', (path) => {
    expect(parseRest('GET', path)).toBeUndefined();
  });

  test.each([
    ['GET', '/api/v1/pods?watch=true', 'watch'], ['GET', '/api/v1/watch/namespaces/a/pods', 'watch'], ['POST', '/api/v1/namespaces/a/pods', 'create'], ['PUT', '/api/v1/namespaces/a/pods/b', 'update'],
    ['PATCH', '/api/v1/namespaces/a/pods/b', 'patch'], ['DELETE', '/api/v1/namespaces/a/pods/b', 'delete'], ['DELETE', '/api/v1/namespaces/a/pods', 'deletecollection'],
  ])('%s %s is %s', (method, path, verb) => {
    expect(parseRest(method, path)?.verb).toBe(verb);
  });

  test('options go there and back', () => {
    const request: ApiRequest = { ...PODS, verb: 'list', namespace: 'a', options: { labelSelector: 'app in (a,b)', fieldSelector: 'spec.nodeName=n', limit: 500, continue: 'x=', resourceVersion: '0', resourceVersionMatch: 'NotOlderThan', timeoutSeconds: 3 } };
    expect(parseRest('GET', toRest(request).path)).toEqual({ ...request, stream: false });
    const create: ApiRequest = { ...PODS, verb: 'create', namespace: 'a', options: { dryRun: true, fieldManager: 'kubectl-create', fieldValidation: 'Strict' }, body: { kind: 'Pod' } };
    const rest = toRest(create);
    expect(parseRest('POST', rest.path)?.options).toEqual(create.options);
    expect(rest).toMatchObject({ method: 'POST', body: '{"kind":"Pod"}', contentType: 'application/json' });
  });

  test('delete options travel as the body', () => {
    const rest = toRest({ ...PODS, verb: 'delete', namespace: 'a', name: 'b', options: { gracePeriodSeconds: 0, propagationPolicy: 'Foreground', preconditions: { uid: 'u' }, dryRun: true } });
    expect(rest.path).toBe('/api/v1/namespaces/a/pods/b');
    expect(parseDeleteOptions(JSON.parse(rest.body ?? ''), {})).toEqual({ gracePeriodSeconds: 0, propagationPolicy: 'Foreground', preconditions: { uid: 'u' }, dryRun: true });
  });

  test('parameters of a log stay as they are', () => {
    const rest = toRest({ ...PODS, verb: 'get', namespace: 'a', name: 'b', subresource: 'log', options: { query: { container: 'c', follow: 'true', limitBytes: '5' } } });
    expect(parseRest('GET', rest.path)).toMatchObject({ stream: true, options: { query: { container: 'c', follow: 'true', limitBytes: '5' } } });
  });

  test.each([
    ['/api/v1/pods?limit=abc', 'strconv.ParseInt: parsing "abc": invalid syntax'],
    ['/api/v1/pods?dryRun=yes', 'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: []string{"yes"}: supported values: "All"'],
    ['/api/v1/pods?fieldValidation=x', 'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "x": supported values: "", "Ignore", "Strict", "Warn"'],
  ])('%s is refused', (path, message) => {
    expect(() => parseRest('POST', path)).toThrow(message);
  });
});

test('Accept says how the answer is to look', () => {
  expect(parseAccept(undefined)).toEqual({ representation: 'object', yaml: false });
  expect(parseAccept('application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json')).toEqual({ representation: 'table', yaml: false });
  expect(parseAccept('application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1')).toEqual({ representation: 'partial', yaml: false });
  expect(parseAccept('application/vnd.kubernetes.protobuf, application/json')).toEqual({ representation: 'object', yaml: false });
  expect(parseAccept('application/yaml')).toEqual({ representation: 'object', yaml: true });
  expect(parseAccept('text/html')).toBeUndefined();
});

test('Content-Type says what kind of patch it is', () => {
  expect(parsePatchType('application/strategic-merge-patch+json; charset=utf-8')).toBe('strategic');
  expect(parsePatchType('application/apply-patch+yaml')).toBe('apply');
  expect(parsePatchType('application/json')).toBeUndefined();
});
