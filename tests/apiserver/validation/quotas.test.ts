import type { ResourceQuota } from '../../../src/api/generated/types.ts';
import { created, faults, updated } from './support.ts';

const quota = (spec: object): object => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q', namespace: 'default' }, spec });
const limits = (...items: object[]): object => ({ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'l', namespace: 'default' }, spec: { limits: items } });
const bytes = (value: number, text: string): string => `resource.Quantity{i:resource.int64Amount{value:${value}, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"${text}", Format:"BinarySI"}`;

test.each<[string, object, string[]]>([
  ['fine', quota({ hard: { pods: '4', 'requests.cpu': '1', 'count/deployments.apps': '2', 'requests.nvidia.com/gpu': '4', 'requests.hugepages-2Mi': '2Mi' } }), []],
  ['no such resource', quota({ hard: { pod: '1' } }), [
    'spec.hard[pod]: Invalid value: pod: must be a standard resource type or fully qualified',
    'spec.hard[pod]: Invalid value: pod: must be a standard resource for quota',
  ]],
  ['of containers alone', quota({ hard: { storage: '1' } }), ['spec.hard[storage]: Invalid value: storage: must be a standard resource for quota']],
  ['half a pod', quota({ hard: { pods: '1500m' } }), ['spec.hard[pods]: Invalid value: resource.Quantity{i:resource.int64Amount{value:1500, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1500m", Format:"DecimalSI"}: must be an integer']],
  ['less than nothing', quota({ hard: { cpu: '-1' } }), ['spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0']],
  ['scopes against each other', quota({ hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] }), ['spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort", "NotBestEffort"}: conflicting scopes']],
  ['a scope that does not count this', quota({ hard: { cpu: '1' }, scopes: ['BestEffort'] }), ['spec.scopes: Invalid value: []core.ResourceQuotaScope{"BestEffort"}: unsupported scope applied to resource']],
  ['a selector without values', quota({ hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } }), ["spec.scopeSelector.matchExpressions.values: Required value: must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"]],
  ['a selector of what is not counted', quota({ hard: { services: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } }), [
    'spec.scopeSelector.matchExpressions: Invalid value: core.ScopeSelector{MatchExpressions:[]core.ScopedResourceSelectorRequirement{core.ScopedResourceSelectorRequirement{ScopeName:"PriorityClass", Operator:"Exists", Values:[]string(nil)}}}: unsupported scope applied to resource',
  ]],
  ['limits fine', limits({ type: 'Container', max: { cpu: '2' }, min: { cpu: '1' } }, { type: 'Pod', max: { memory: '1Gi' } }, { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } }), []],
  ['limits of what', limits({ type: 'Deployment', max: { cpu: '2' } }), ['spec.limits[0].type: Invalid value: "Deployment": must be a standard limit type or fully qualified']],
  ['limits twice', limits({ type: 'Pod' }, { type: 'Pod' }), ['spec.limits[1].type: Duplicate value: "Pod"']],
  ['more at least than at most', limits({ type: 'Pod', max: { memory: '1Gi' }, min: { memory: '2Gi' } }), [`spec.limits[0].min[memory]: Invalid value: ${bytes(2147483648, '2Gi')}: min value 2Gi is greater than max value 1Gi`]],
  ['defaults of pods', limits({ type: 'Pod', default: { cpu: '1' } }), ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"]],
  ['claims without a size', limits({ type: 'PersistentVolumeClaim' }), ['spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided']],
  ['no such resource of containers', limits({ type: 'Container', max: { cpus: '1' }, default: { cpus: '1' }, defaultRequest: { cpus: '1' } }), ['max', 'default', 'defaultRequest'].flatMap((list) => [
    `spec.limits[0].${list}[cpus]: Invalid value: cpus: must be a standard resource type or fully qualified`,
    `spec.limits[0].${list}[cpus]: Invalid value: cpus: must be a standard resource for containers`,
  ])],
])('%s', (_, object, expected) => {
  expect(faults(object)).toEqual(expected);
});

test('scopes stay what they were', () => {
  const old = created<ResourceQuota>(quota({ hard: { pods: '1' }, scopes: ['BestEffort'] }));
  expect(updated(old, (object) => void (object.spec!.scopes = ['NotBestEffort'])).faults).toEqual(['spec.scopes: Invalid value: []core.ResourceQuotaScope{"NotBestEffort"}: field is immutable']);
  expect(updated(old, (object) => void (object.spec!.hard = { pods: '2' })).faults).toEqual([]);
});
