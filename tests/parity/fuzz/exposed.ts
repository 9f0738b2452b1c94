/** Random command lines that take an object from a manifest or by its name, and ask the server what it is: expose, autoscale, and what changes nothing with --dry-run=client. */
import fc from '../../support/property.ts';
import { any, flag, inAnySpelling, key, maybe, name, number, one, output, some, TEMPLATES, value, words, type Line, type Words } from './arbitraries.ts';
import { containers, resources, selectors, subjects } from './changed.ts';
import { image, pair, run, token } from './created.ts';

const ports = fc.array(fc.record({ containerPort: fc.constantFrom(80, 443, 0), protocol: fc.constantFrom(undefined, 'TCP', 'UDP', 'SCTP'), name: fc.constantFrom(undefined, 'http', 'x') }), { maxLength: 2 });
const podLabels = fc.dictionary(fc.constantFrom('app', 'a', 'x.y/z'), fc.constantFrom('b', 'web', ''), { maxKeys: 2 });
const KINDS = ['Deployment', 'Pod', 'Service', 'ReplicaSet', 'ReplicationController', 'ConfigMap', 'StatefulSet', 'DaemonSet', 'CronJob', 'Job', 'Secret', 'ServiceAccount', 'RoleBinding', 'Ingress'] as const;
const GROUPS: Readonly<Record<string, string>> = { Deployment: 'apps/v1', ReplicaSet: 'apps/v1', StatefulSet: 'apps/v1', DaemonSet: 'apps/v1', CronJob: 'batch/v1', Job: 'batch/v1', RoleBinding: 'rbac.authorization.k8s.io/v1', Ingress: 'networking.k8s.io/v1' };
/** What these have beside their metadata is no spec of a workload. */
const DATA: Readonly<Record<string, object>> = { ConfigMap: { data: { a: '1', 'b-c': 'two words', 'x.y': '' } }, Secret: { data: { a: 'MQ==' } }, ServiceAccount: {}, RoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'bob' }] }, Ingress: { spec: { rules: [{ host: 'a.com' }] } } };
/** What expose, autoscale and scale take, and what they do not. */
const exposable = fc.tuple(fc.constantFrom(...KINDS), fc.constantFrom('web', 'x1', '0', 'a-very-long-name-that-goes-on-and-on-for-more-than-sixty-three-letters'), podLabels, ports, fc.constantFrom(undefined, [], [{ key: 'k', operator: 'Exists' }]), fc.constantFrom(undefined, 0, 2)).map(([kind, named, labels, all, matchExpressions, replicas]) => {
  const spec = { containers: [{ name: 'c', image: 'nginx', ports: all, env: [{ name: 'A', value: 'x' }, { name: 'F', valueFrom: { configMapKeyRef: { name: 'web', key: 'a' } } }] }, { name: 'd', image: 'redis' }] };
  const template = { metadata: { labels }, spec };
  const specs: Readonly<Record<string, object>> = {
    Pod: spec, Service: { selector: labels, ports: all.map(({ containerPort, ...rest }) => ({ ...rest, port: containerPort })) },
    ReplicationController: { selector: labels, template, replicas }, Job: { template }, CronJob: { schedule: '* * * * *', jobTemplate: { spec: { template } } },
  };
  return { apiVersion: GROUPS[kind] ?? 'v1', kind, metadata: { name: named, namespace: 'default', labels: Object.keys(labels).length > 0 ? labels : undefined }, ...(DATA[kind] ?? { spec: specs[kind] ?? { replicas, selector: { matchLabels: labels, matchExpressions }, template } }) };
});

const dryRun = fc.oneof({ weight: 12, arbitrary: fc.constant('--dry-run=client') }, fc.constantFrom('--dry-run', '--dry-run=x'));
const common = words(one(dryRun), maybe(output), maybe(any(flag('namespace', fc.constantFrom('team', 'default', '')), '--save-config', flag('field-manager', name), '--nope', '--record')));
/** From standard input, or by the names that there are. */
const given = fc.oneof({ weight: 4, arbitrary: fc.constant(['--filename=-']) }, fc.constantFrom(['deploy/web'], ['deployment', 'web'], ['pod/x1'], ['svc', '0'], ['rs/web'], ['nope/x'], ['cm', 'web'], ['deploy'], ['deploy', '--all'], ['all', '--selector=app'], ['all', '--all'], ['deploy,rs,po', '--selector=app!=b'], ['deploy/web', 'pod/x1'], ['pods', '--all', '--selector=a'], ['*', '--all'], ['--filename=-', '--selector=app'], ['--filename=DIR/objects'], ['--filename=DIR/objects', '--recursive'], ['rolebinding', 'web'], ['sts/web', 'ds/x1'], []));
const served = words(given, common);
const OVERRIDES = ['{"spec":{"type":"NodePort"}}', '{"apiVersion":"v1","metadata":{"labels":{"o":"p"}}}', '{"apiVersion":"v1","spec":{"ports":[{"port":9,"name":"n"}]}}', '[{"op":"replace","path":"/spec/ports/0/port","value":9}]', '[{"op":"remove","path":"/spec/nope"}]', '[{"op":"test","path":"/kind","value":"x"}]', 'x', '[]', '{}', 'null', '1', '"a"', '{"spec":{"ports":"x"}}', '{"spec":null}', '{"kind":"Pod"}', '{"metadata":{"name":1}}', '[1]', '[null]', '{"a":1} x', '{', ' ', '{"spec":{"ports":[{"port":80,"$patch":"delete"}]}}', '{"unknown":1}'];
const resourceWords = fc.constantFrom('pods', 'po', 'deployments.apps', 'deploy', 'nope', 'pods/log', 'deployments.apps/scale', '*', 'pods,services', '', 'x.y', 'pods/', '/log', 'nodes', 'deployments.v1.apps', 'pods.v1.', '*.apps');

const SERVED: readonly Words[] = [
  run,
  run,
  token,
  words('expose', served, any(flag('port', fc.oneof(number, fc.constantFrom('80,443', ',', '80,x'))), flag('port', fc.constantFrom('80', '80,443')), flag('target-port', fc.constantFrom('8080', 'http', '0', 'a_b', '-1', '70000', '')), flag('protocol', fc.constantFrom('UDP', 'x', '', 'sctp', 'SCTP')), flag('name', name), flag('type', fc.constantFrom('NodePort', 'LoadBalancer', 'ExternalName', 'x', 'ClusterIP', '')), flag('selector', fc.constantFrom('a=b', 'a=b,c=d', 'a', '', 'a in (b)', 'a!=b')), flag('labels', fc.constantFrom('l=1', 'l', '', 'l=1,m=2', 'l=')), flag('cluster-ip', fc.constantFrom('None', '10.0.0.1', 'x', '')), flag('external-ip', fc.constantFrom('1.2.3.4', 'x', '', '1.2.3.4,5.6.7.8')), flag('load-balancer-ip', fc.constantFrom('1.2.3.4', '')), flag('session-affinity', fc.constantFrom('ClientIP', 'x', 'None', ''))), maybe(words(flag('overrides', fc.constantFrom(...OVERRIDES)), maybe(flag('override-type', fc.constantFrom('json', 'merge', 'strategic', 'x', '')))))),
  words('autoscale', served, any(flag('max', number), flag('max', fc.constantFrom('1', '3')), flag('min', number), flag('cpu-percent', number), flag('name', name))),
  words('scale', served, flag('replicas', number), any(flag('current-replicas', number), flag('resource-version', fc.constantFrom('1', 'x', '')), flag('timeout', fc.constantFrom('0', '1s', 'x')))),
  words(fc.constantFrom(['label'], ['annotate']), served, some(one(fc.oneof({ weight: 3, arbitrary: pair }, key.map((each) => `${each}-`))), 2), maybe(fc.constantFrom(['--overwrite'], ['--list'], ['--all'], ['--resource-version=1'], ['--resource-version=2', '--overwrite'], ['--field-selector=metadata.name=web'], ['--field-selector=x']))),
  words('set', 'image', served, some(one(fc.tuple(fc.constantFrom('c', 'd', '*', 'e', 'c,d'), image).map((all) => all.join('='))), 2)),
  words('set', 'env', served, some(one(value.map((text) => `A=${text}`)), 2), any('--list', '--resolve', '--all', containers, flag('from', fc.constantFrom('configmap/web', 'secret/web', 'cm/x1', 'secret', 'pod/x1', 'configmap/nope', '')), flag('prefix', fc.constantFrom('P_', '', 'x-')), flag('keys', fc.constantFrom('a', 'b-c,a', 'nope', '')))),
  words('set', 'resources', served, any(flag('limits', resources), flag('requests', resources), containers, '--all')),
  words('set', 'selector', served, maybe(one(selectors)), maybe(flag('resource-version', number))),
  words('set', 'subject', served, subjects),
  words('set', 'serviceaccount', served, one(name)),
  words('patch', served, flag('patch', fc.constantFrom('{"metadata":{"labels":{"n":"1"}}}', '{"spec":null}', '{"spec":{"replicas":"x"}}', '{', '[]', 'null')), maybe(flag('type', fc.constantFrom('merge', 'json', 'strategic')))),
  words(fc.constantFrom(['create', '--validate=false'], ['apply', '--validate=false'], ['replace', '--validate=ignore'], ['delete'], ['create', '--edit=false', '--validate=false'], ['apply', '--validate=false', '--overwrite=false'], ['replace', '--force', '--validate=false'], ['delete', '--now'], ['delete', '--force']), served),
  words('rollout', one(fc.constantFrom('restart', 'pause', 'resume', 'undo', 'history', 'status')), given, maybe(output), maybe(flag('revision', number)), maybe(flag('to-revision', number))),
  words('get', given, maybe(output), any('--show-labels', flag('label-columns', fc.constantFrom('app', 'app,a', '', 'x.y/z')), '--no-headers', '--show-kind', '--ignore-not-found', flag('sort-by', fc.constantFrom('.metadata.name', '{.spec', 'x')), flag('output', fc.constantFrom('wide', 'custom-columns-file=DIR/columns.txt', 'custom-columns-file=DIR/nope', 'custom-columns=A:.kind,B:.metadata.name', 'custom-columns-file=DIR/empty')), '--all-namespaces', flag('chunk-size', number), '--watch=false', flag('field-selector', fc.constantFrom('metadata.name=web', 'x', 'a=b=c')), flag('selector', fc.constantFrom('app', 'app=b', 'a in (b', '!app')))),
  words('create', 'role', one(name), some(flag('verb', fc.constantFrom('get', 'get,list', '*', 'x', '')), 2), some(flag('resource', resourceWords), 2), maybe(flag('resource-name', fc.constantFrom('a', 'a,b', ''))), common),
  words('create', 'clusterrole', one(name), some(flag('verb', fc.constantFrom('get', 'get,list', '*', 'x', '')), 2), some(flag('resource', resourceWords), 2), maybe(flag('resource-name', fc.constantFrom('a', ''))), maybe(flag('non-resource-url', fc.constantFrom('/x', 'x'))), common),
  words('create', 'job', one(name), flag('from', fc.constantFrom('cronjob/web', 'cj/x1', 'web', 'deploy/web', 'cronjob/', 'cronjobs.batch/web', 'cronjob/nope', 'nope/x')), maybe(flag('image', image)), common),
];

/** No two of them are the same. */
const several = fc.uniqueArray(exposable, { minLength: 1, maxLength: 3, selector: ({ kind, metadata }) => `${kind}/${metadata.name}` });

/** Commands that take an object from a manifest or from the server, and change neither. */
export const exposed: fc.Arbitrary<Line> = fc.oneof(
  ...SERVED.map((line) =>
    fc.tuple(inAnySpelling(line), several).map(([args, objects]) => {
      const [first, second = first] = objects.map((object) => JSON.stringify(object));
      return { args, input: first ?? '', files: { ...TEMPLATES, empty: '', 'objects/a.json': first ?? '', 'objects/deep/b.yaml': second ?? '' }, objects };
    }),
  ),
);
