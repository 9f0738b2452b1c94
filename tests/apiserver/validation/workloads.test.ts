import type { Deployment, Job, Service, ServicePort, ServiceSpec, StatefulSet } from '../../../src/api/generated/types.ts';
import { cronError } from '../../../src/apiserver/validation/cron.ts';
import { created, deployment, faults, updated } from './support.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'nginx:1' }] } };
const jobTemplate = { spec: { restartPolicy: 'Never', containers: [{ name: 'app', image: 'x' }] } };
const workload = (kind: string, spec: object, apiVersion = 'apps/v1'): object => ({ apiVersion, kind, metadata: { name: 'web', namespace: 'default' }, spec });
const service = (spec: object): object => workload('Service', spec, 'v1');

test.each<[string, object, string[]]>([
  ['a sound Deployment', deployment(), []],
  ['no selector', deployment({ selector: undefined }), ['spec.selector: Required value', 'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`']],
  ['empty selector', deployment({ selector: {} }), [
    'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for deployment',
  ]],
  ['other labels', deployment({ selector: { matchLabels: { app: 'other' } } }), ['spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: `selector` does not match template `labels`']],
  ['negative replicas', deployment({ replicas: -1 }), ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
  ['Recreate with rollingUpdate', deployment({ strategy: { type: 'Recreate', rollingUpdate: {} } }), ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"]],
  ['unknown strategy', deployment({ strategy: { type: 'Blue' } }), ['spec.strategy: Unsupported value: apps.DeploymentStrategy{Type:"Blue", RollingUpdate:(*apps.RollingUpdateDeployment)(nil)}: supported values: "Recreate", "RollingUpdate"']],
  ['no room to roll', deployment({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }), [
    'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0',
  ]],
  ['restart policy', deployment({ template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }), ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"']],
  ['deadline', deployment({ minReadySeconds: 600 }), ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds']],
  ['DaemonSet with a deadline', workload('DaemonSet', { selector: { matchLabels: { app: 'web' } }, template: { ...template, spec: { ...template.spec, activeDeadlineSeconds: 5 } } }), ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported']],
  ['DaemonSet that may do nothing', workload('DaemonSet', { selector: { matchLabels: { app: 'web' } }, template, updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } }), [
    'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
  ]],
  ['Job that restarts for ever', workload('Job', { template: { spec: { containers: [{ name: 'a', image: 'x' }] } } }, 'batch/v1'), ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"']],
  ['CronJob with a bad schedule', workload('CronJob', { schedule: 'x', jobTemplate: { spec: { template: jobTemplate } } }, 'batch/v1'), ['spec.schedule: Invalid value: "x": expected exactly 5 fields, found 1: [x]']],
  ['CronJob', workload('CronJob', { schedule: '*/5 * * * mon', jobTemplate: { spec: { template: jobTemplate } } }, 'batch/v1'), []],
  ['Service without ports', service({}), ['spec.ports: Required value']],
  ['headless Service without ports', service({ clusterIP: 'None' }), []],
  ['Service with unnamed ports', service({ ports: [{ port: 80 }, { port: 81 }] }), ['spec.ports[0].name: Required value', 'spec.ports[1].name: Required value']],
  ['node port of a ClusterIP', service({ ports: [{ port: 80, nodePort: 30000 }] }), ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]],
  ['unknown type', service({ type: 'Fast', ports: [{ port: 80 }] }), ['spec.type: Unsupported value: "Fast": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"']],
  ['ExternalName without name', service({ type: 'ExternalName' }), ['spec.externalName: Required value']],
  ['port 0', service({ ports: [{ port: 0 }] }), [
    'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    'spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive',
  ]],
])('%s', (_name, object, expected) => {
  expect(faults(object)).toEqual(expected);
});

test("a Deployment's selector stays", () => {
  const old = created<Deployment>(deployment());
  const { faults: errors } = updated(old, (object) => {
    object.spec!.selector = { matchLabels: { app: 'b' } };
    object.spec!.template.metadata!.labels = { app: 'b' };
  });
  expect(errors).toEqual(['spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"app":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: field is immutable']);
});

test("a StatefulSet's service name stays, its size does not", () => {
  const old = created<StatefulSet>(workload('StatefulSet', { serviceName: 'a', selector: { matchLabels: { app: 'web' } }, template }));
  expect(updated(old, (object) => void (object.spec!.replicas = 3)).faults).toEqual([]);
  expect(updated(old, (object) => void (object.spec!.serviceName = 'b')).faults).toEqual([
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ]);
});

test('a Job finds its pods by its uid, and keeps its template', () => {
  const old = created<Job>(workload('Job', { template: jobTemplate }, 'batch/v1'));
  expect(faults(workload('Job', { template: jobTemplate }, 'batch/v1'))).toEqual([]);
  expect(updated(old, (object) => void (object.spec!.suspend = true)).faults).toEqual([]);
  const [error] = updated(old, (object) => void (object.spec!.template.spec!.containers[0]!.image = 'y')).faults;
  expect(error).toMatch(/^spec\.template: Invalid value: core\.PodTemplateSpec\{.*: field is immutable$/s);
});

test("a Service's address stays; what was allocated need not be repeated", () => {
  const fresh = created<Service>(service({ type: 'NodePort', ports: [{ port: 80 }] }));
  const old: Service & { readonly spec: ServiceSpec & { readonly ports: readonly ServicePort[] } } = { ...fresh, spec: { ...fresh.spec, clusterIP: '10.96.0.7', clusterIPs: ['10.96.0.7'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', ports: [{ port: 80, protocol: 'TCP', targetPort: 80, nodePort: 31000 }] } };
  const kept = updated(old, (object) => {
    delete object.spec.clusterIP;
    delete object.spec.clusterIPs;
    delete object.spec.ports[0]!.nodePort;
  });
  expect(kept.faults).toEqual([]);
  expect(kept.object.spec).toEqual(old.spec);
  expect(updated(old, (object) => void (object.spec.clusterIP = '10.96.0.8')).faults).toEqual(['spec.clusterIPs[0]: Invalid value: []string{"10.96.0.8"}: may not change once set']);
  const plain = updated(old, (object) => void (object.spec.type = 'ClusterIP'));
  expect(plain.faults).toEqual([]);
  expect(plain.object.spec.ports[0]).toEqual({ port: 80, protocol: 'TCP', targetPort: 80 });
});

test.each([
  ['* * * * *', undefined],
  ['0 0 1 jan sun', undefined],
  ['@hourly', undefined],
  ['@often', 'unrecognized descriptor: @often'],
  ['61 * * * *', 'end of range (61) above maximum (59): 61'],
  ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['a * * * *', 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
])('schedule %s', (schedule, expected) => {
  expect(cronError(schedule)).toBe(expected);
});
