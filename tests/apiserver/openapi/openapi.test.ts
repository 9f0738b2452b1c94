/** OpenAPI v3 as kubectl reads it: field validation, patch facts, references that lead somewhere. */
import { fieldsOf } from '../../../src/apiserver/http/protobuf/wire.ts';
import type { Answer } from '../../../src/apiserver/answer.ts';
import { registerOpenApi } from '../../../src/apiserver/openapi/index.ts';

const handlers = new Map<string, (method: string, path: string, body?: unknown, accept?: string) => Promise<Answer>>();
registerOpenApi({ registerPath: (prefix, handle) => void handlers.set(prefix, handle) });
const handler = (method: string, path: string, accept?: string): Promise<Answer> => handlers.get(path.slice(0, '/openapi/vN'.length))?.(method, path, undefined, accept) ?? Promise.reject(new Error(path));

interface Schema {
  readonly [key: string]: unknown;
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly parameters: { readonly name: string; readonly in: string }[]; readonly 'x-kubernetes-group-version-kind': unknown }>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const read = async (path: string): Promise<Document> => JSON.parse((await handler('GET', path)).body) as Document;

test('every document that the index names is there, and its references lead somewhere', async () => {
  const { paths } = JSON.parse((await handler('GET', '/openapi/v3?timeout=32s')).body) as { paths: Record<string, { serverRelativeURL: string }> };
  expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/apiextensions.k8s.io/v1', 'apis/apiregistration.k8s.io/v1']));
  for (const { serverRelativeURL } of Object.values(paths)) {
    const { code, body } = await handler('GET', serverRelativeURL);
    expect([serverRelativeURL, code]).toEqual([serverRelativeURL, 200]);
    const { schemas } = (JSON.parse(body) as Document).components;
    for (const [, name] of body.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect([serverRelativeURL, name, name !== undefined && name in schemas]).toEqual([serverRelativeURL, name, true]);
  }
});

test('a document is found by its hash, and for good; by another hash it leads there', async () => {
  const { paths } = JSON.parse((await handler('GET', '/openapi/v3')).body) as { paths: Record<string, { serverRelativeURL: string }> };
  const address = paths['apis/apps/v1']?.serverRelativeURL ?? '';
  expect(address).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
  expect(await handler('GET', address)).toMatchObject({ code: 200, headers: { ETag: `"${address.split('=')[1] ?? ''}"` }, immutableMs: expect.any(Number) as number });
  expect(await handler('GET', '/openapi/v3/apis/apps/v1?hash=0')).toMatchObject({ code: 301, headers: { Location: address } });
});

test('a field tells which words it may be', async () => {
  const { schemas } = (await read('/openapi/v3/apis/apps/v1')).components;
  expect(schemas['io.k8s.api.apps.v1.DeploymentStrategy']?.properties['type']).toMatchObject({ type: 'string', enum: ['Recreate', 'RollingUpdate'], description: expect.stringMatching(/\n\nPossible enum values:\n - `"Recreate"` Kill .*\n - `"RollingUpdate"` Replace .*$/) as string });
});

test('PATCH of a kind knows the parameter fieldValidation', async () => {
  const { patch } = (await read('/openapi/v3/apis/apps/v1')).paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'] ?? {};
  expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: 'apps', version: 'v1', kind: 'Deployment' });
  expect(patch?.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation', in: 'query' }));
});

test('a list tells how it is patched', async () => {
  const { schemas } = (await read('/openapi/v3/api/v1')).components;
  expect(schemas['io.k8s.api.core.v1.PodSpec']?.properties['containers']).toMatchObject({
    type: 'array', items: { allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.Container' }] },
    'x-kubernetes-list-map-keys': ['name'], 'x-kubernetes-list-type': 'map', 'x-kubernetes-patch-merge-key': 'name', 'x-kubernetes-patch-strategy': 'merge',
  });
  expect(schemas['io.k8s.api.core.v1.Pod']).toMatchObject({ 'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }] });
});

test('v2 has all kinds in one document', async () => {
  const swagger = JSON.parse((await handler('GET', '/openapi/v2')).body) as { definitions: Record<string, Schema>; paths: Record<string, Record<string, { consumes: string[] }>> };
  expect(swagger.definitions['io.k8s.api.core.v1.Pod']).toMatchObject({ properties: { spec: { $ref: '#/definitions/io.k8s.api.core.v1.PodSpec' } }, 'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }] });
  expect(swagger.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}']?.['patch']?.consumes).toContain('application/strategic-merge-patch+json');
});

test('v2 as protocol buffers begins with its version and holds a definition for each schema', async () => {
  const { contentType, body, binary } = await handler('GET', '/openapi/v2', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf');
  expect([contentType, binary]).toEqual(['application/com.github.proto-openapi.spec.v2.v1.0+protobuf', true]);
  const [version, , , definitions] = [...fieldsOf(Buffer.from(body, 'latin1'))];
  expect([version?.number, Buffer.from(version?.value as Uint8Array).toString()]).toEqual([1, '2.0']);
  const { definitions: all } = JSON.parse((await handler('GET', '/openapi/v2')).body) as { definitions: object };
  expect([...fieldsOf(definitions?.value as Uint8Array)]).toHaveLength(Object.keys(all).length);
});

test('what is not there', async () => {
  expect(await handler('GET', '/openapi/v3/apis/nope/v1')).toMatchObject({ code: 404 });
  expect(await handler('POST', '/openapi/v3')).toMatchObject({ code: 405 });
});
