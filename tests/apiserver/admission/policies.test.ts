import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from '../../../src/api/generated/types.ts';
import { CONFIGMAPS, DEPLOYMENTS, NAMESPACES, VALIDATINGADMISSIONPOLICIES, VALIDATINGADMISSIONPOLICYBINDINGS } from '../../../src/api/kinds.ts';
import { grant, JANE, rule } from '../authorization/support.ts';
import { clusterOfEachTest, failure } from '../support/api-cluster.ts';
import { configMap, deployment } from '../support/objects.ts';

const cluster = clusterOfEachTest();

type Spec = NonNullable<ValidatingAdmissionPolicy['spec']>;
type BindingSpec = NonNullable<ValidatingAdmissionPolicyBinding['spec']>;
const DEPLOYMENT_RULES: NonNullable<Spec['matchConstraints']> = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }] };
const CONFIGMAP_RULES: NonNullable<Spec['matchConstraints']> = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }] };

const policy = (spec: Spec, name = 'p') => cluster.of(VALIDATINGADMISSIONPOLICIES).create({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name }, spec: { matchConstraints: DEPLOYMENT_RULES, ...spec } });
const bind = (spec: Partial<BindingSpec> = {}, name = 'b') => cluster.of(VALIDATINGADMISSIONPOLICYBINDINGS).create({ apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name }, spec: { policyName: 'p', validationActions: ['Deny'], ...spec } });
const create = (name: string, replicas: number) => cluster.of(DEPLOYMENTS).create(deployment(name, replicas));

test('a bound policy refuses in its own words', async () => {
  await policy({ validations: [{ expression: 'object.spec.replicas <= 5' }] });
  await create('free', 9);
  await bind();
  await create('ok', 5);
  const error = await failure(create('web', 6));
  expect(error.message).toBe("deployments.apps \"web\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: object.spec.replicas <= 5");
  expect([error.code, error.reason]).toEqual([422, 'Invalid']);
  expect(error.status.details?.causes).toEqual([{ message: "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: object.spec.replicas <= 5" }]);
});

test('messages, message expressions and reasons', async () => {
  await policy({
    variables: [{ name: 'n', expression: 'object.spec.replicas' }, { name: 'twice', expression: 'variables.n * 2' }],
    validations: [
      { expression: 'variables.twice < 20', message: 'fewer', reason: 'Forbidden' },
      { expression: 'variables.n < 5', messageExpression: "'not ' + string(variables.n) + ' in ' + namespaceObject.metadata.name" },
    ],
  });
  await bind();
  expect(await failure(create('a', 10))).toMatchObject({ code: 403, reason: 'Forbidden', message: "deployments.apps \"a\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: fewer" });
  expect((await failure(create('a', 6))).message).toContain('denied request: not 6 in default');
});

test('warn and audit let requests pass', async () => {
  await policy({ validations: [{ expression: 'object.spec.replicas <= 5', message: 'too many' }], auditAnnotations: [{ key: 'size', valueExpression: "'n=' + string(object.spec.replicas)" }] });
  await bind({ validationActions: ['Warn', 'Audit'] });
  const { warnings } = await cluster.request({ verb: 'create', group: 'apps', resource: 'deployments', namespace: 'default', body: deployment('web', 9) });
  expect(warnings).toEqual(["Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': too many"]);
  const records = JSON.stringify(cluster.audit.records);
  expect(records).toContain('audit annotation p/size');
  expect(records).toContain('validation.policy.admission.k8s.io/validation_failure');
});

test('errors refuse, unless failures are ignored', async () => {
  await policy({ validations: [{ expression: 'object.nope.x == 1' }] });
  await bind();
  expect((await failure(create('a', 1))).message).toContain("denied request: expression 'object.nope.x == 1' resulted in error: no such key: nope");
  await cluster.of(VALIDATINGADMISSIONPOLICIES).delete(undefined, 'p');
  await policy({ failurePolicy: 'Ignore', validations: [{ expression: 'object.nope.x == 1' }] });
  await create('a', 1);
});

test('parameters come from objects that the binding names or selects', async () => {
  await policy({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: [{ expression: 'object.spec.replicas <= int(params.data.max)', messageExpression: "'at most ' + params.data.max" }] });
  await bind({ paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' } });
  expect((await failure(create('a', 3))).message).toContain('denied request: failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction');
  await cluster.of(CONFIGMAPS).create(configMap('limits', { max: '2' }));
  await create('a', 2);
  expect((await failure(create('b', 3))).message).toContain('denied request: at most 2');
  await cluster.of(CONFIGMAPS).create(configMap('more', { max: '1' }, { tight: 'yes' }));
  await bind({ paramRef: { selector: { matchLabels: { tight: 'yes' } }, namespace: 'default', parameterNotFoundAction: 'Allow' } }, 'c');
  expect((await failure(create('b', 2))).message).toContain("with binding 'c' denied request: at most 1");
});

test('a kind of parameters that is not there', async () => {
  await policy({ paramKind: { apiVersion: 'example.com/v1', kind: 'Limit' }, validations: [{ expression: 'true' }] });
  await bind({ paramRef: { name: 'x', parameterNotFoundAction: 'Deny' } });
  expect((await failure(create('a', 1))).message).toContain("ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'example.com/v1, Kind=Limit'");
});

test('constraints, exclusions, selectors and conditions choose', async () => {
  await cluster.of(NAMESPACES).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels: { strict: 'yes' } } });
  await policy({
    matchConstraints: { ...CONFIGMAP_RULES, excludeResourceRules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['DELETE'], resources: ['*'] }] },
    matchConditions: [{ name: 'people', expression: "!request.userInfo.groups.exists(g, g == 'system:nodes')" }, { name: 'not-skipped', expression: "!has(object.metadata.labels) || !('skip' in object.metadata.labels)" }],
    validations: [{ expression: 'false', messageExpression: "request.operation + ' ' + request.namespace + '/' + object.metadata.name" }],
  });
  await bind({ matchResources: { namespaceSelector: { matchLabels: { strict: 'yes' } } } });
  await cluster.of(CONFIGMAPS).create(configMap('a'));
  const inStrict = (name: string, labels?: Record<string, string>) => cluster.of(CONFIGMAPS).create({ ...configMap(name), metadata: { name, namespace: 'strict', ...(labels ? { labels } : {}) } });
  expect((await failure(inStrict('b'))).message).toContain('denied request: CREATE strict/b');
  await inStrict('c', { skip: 'me' });
  await cluster.of(CONFIGMAPS).delete('strict', 'c');
});

test('deletions are seen with the object that goes', async () => {
  await cluster.of(CONFIGMAPS).create(configMap('kept', {}, { keep: 'yes' }));
  await policy({ matchConstraints: CONFIGMAP_RULES, validations: [{ expression: "request.operation != 'DELETE' || !('keep' in oldObject.metadata.?labels.orValue({}))", message: 'it is to be kept' }] });
  await bind();
  const removed = await failure(cluster.of(CONFIGMAPS).delete('default', 'kept'));
  expect(removed.message).toBe("configmaps \"kept\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: it is to be kept");
  const all = cluster.request({ verb: 'deletecollection', resource: 'configmaps', namespace: 'default' });
  expect((await failure(all)).message).toContain('it is to be kept');
});

test('scaling is seen as a Scale', async () => {
  await create('web', 1);
  await policy({ matchConstraints: { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments/scale'] }] }, validations: [{ expression: 'object.kind == "Scale" && object.spec.replicas <= oldObject.spec.replicas + 1', messageExpression: "request.kind.kind + ': one more at a time'" }] });
  await bind();
  const scale = (replicas: number) => cluster.request({ verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale', namespace: 'default', name: 'web', patchType: 'merge', body: { spec: { replicas } } });
  await scale(2);
  expect((await failure(scale(9))).message).toContain('denied request: Scale: one more at a time');
});

test('the authorizer answers for the user of the request', async () => {
  await policy({ matchConstraints: CONFIGMAP_RULES, validations: [{ expression: "authorizer.group('apps').resource('deployments').namespace('default').check('create').allowed() && authorizer.requestResource.check('create').allowed()" }] });
  await bind();
  await cluster.of(CONFIGMAPS).create(configMap('a'));
});

test('what can not be compiled is refused, and the types of the kinds are checked', async () => {
  const faulty = policy({ validations: [{ expression: 'object.' }, { expression: '1' }], variables: [{ name: 'x', expression: 'nope' }] }, 'bad');
  const error = await failure(faulty);
  expect(error.code).toBe(422);
  expect(error.message).toContain("spec.validations[0].expression: Invalid value: \"object.\": compilation failed: ERROR: <input>:1:8: Syntax error: mismatched input '<EOF>' expecting IDENTIFIER");
  expect(error.message).toContain('spec.validations[1].expression: Invalid value: "1": must evaluate to bool but got int');
  expect(error.message).toContain("spec.variables[0].expression: Invalid value: \"nope\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')");
  const made = await policy({ validations: [{ expression: 'object.replicas > 1' }, { expression: "object.spec.replicas > 1 && object.metadata.namespace != ''" }] });
  expect(made.status).toEqual({ observedGeneration: 1, typeChecking: { expressionWarnings: [{ fieldRef: 'spec.validations[0].expression', warning: "apps/v1, Kind=Deployment: compilation failed: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n" }] } });
});

test('who lets a policy read its parameters must be allowed to read them', async () => {
  await grant(cluster, '', 'policy-writers', [rule('create,update,get', 'validatingadmissionpolicies,validatingadmissionpolicybindings', { apiGroups: ['admissionregistration.k8s.io'] })]);
  const jane = cluster.client.as({ userAgent: 'kubectl', user: JANE });
  const spec = (more: object) => ({ matchConstraints: DEPLOYMENT_RULES, validations: [{ expression: 'true' }], ...more });
  const write = (more: object) => jane.of(VALIDATINGADMISSIONPOLICIES).create({ metadata: { name: 'p' }, spec: spec(more) } as ValidatingAdmissionPolicy);
  const configMaps = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };
  const who = '&{jane  [dev system:authenticated] map[]}';
  expect((await failure(write(configMaps))).message).toBe(`ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec.paramKind: Forbidden: user ${who} must have "get" permission on all objects of the referenced paramKind (kind=ConfigMap, apiVersion=v1)`);
  expect((await failure(write({ ...configMaps, validations: [{ expression: ' ' }] }))).message).toBe('ValidatingAdmissionPolicy.admissionregistration.k8s.io "p" is invalid: spec.validations[0].expression: Required value: expression is not specified');
  await policy(spec({ paramKind: { apiVersion: 'v1', kind: 'Nothing' } }) as Spec);
  const binding = (paramRef: object, policyName = 'p') => jane.of(VALIDATINGADMISSIONPOLICYBINDINGS).create({ metadata: { name: 'b' }, spec: { policyName, validationActions: ['Deny'], paramRef: { parameterNotFoundAction: 'Deny', ...paramRef } } } as ValidatingAdmissionPolicyBinding);
  const refused = async (request: Promise<unknown>) => (await failure(request)).message.replace(/^.*spec\.paramRef: Forbidden: /, '');
  expect(await refused(binding({ name: 'x' }, 'q'))).toBe(`unable to get policy q to determine minimum required permissions and user ${who} does not have "get" permission for all groups, versions and resources`);
  expect(await refused(binding({ selector: {} }))).toBe(`unable to resolve paramKind &{v1 Nothing} to determine minimum required permissions and user ${who} does not have "list" permission for all groups, versions and resources`);
  await policy(spec(configMaps) as Spec, 'c');
  expect(await refused(binding({ name: 'x', namespace: 'default' }, 'c'))).toBe(`user ${who} does not have "get" permission on the object referenced by paramRef`);
  await grant(cluster, 'default', 'readers', [rule('get', 'configmaps')]);
  expect((await binding({ name: 'x', namespace: 'default' }, 'c')).metadata.name).toBe('b');
});
