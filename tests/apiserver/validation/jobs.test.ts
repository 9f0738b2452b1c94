/** Cases of kubernetes pkg/apis/batch/validation/validation_test.go, as facts. */
import type { CronJob, Job } from '../../../src/api/generated/types.ts';
import { created, faults, statusFaults, UID, updated } from './support.ts';

const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'abc', image: 'image' }] } };
const job = (spec: object, name = 'myjob'): object => ({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'default' }, spec: { template, ...spec } });
const indexed = (spec: object): object => job({ completionMode: 'Indexed', completions: 2, ...spec });
const cronJob = (spec: object, name = 'mycron'): object => ({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name, namespace: 'default' }, spec: { schedule: '* * * * ?', jobTemplate: { spec: { template } }, ...spec } });
const policy = (...rules: object[]): object => job({ podFailurePolicy: { rules } });
const RULE = 'spec.podFailurePolicy.rules[0]';

test.each<[string, object, string[]]>([
  ['sound', job({}), []],
  ['negative numbers', job({ parallelism: -1, completions: -1, backoffLimit: -1 }), ['parallelism', 'completions', 'backoffLimit'].map((name) => `spec.${name}: Invalid value: -1: must be greater than or equal to 0`)],
  ['a selector of its own', job({ selector: { matchLabels: { a: 'b' } } }), [
    'spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"b", "batch.kubernetes.io/controller-uid":"' + UID + '"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` not auto-generated',
    'spec.template.metadata.labels: Invalid value: map[string]string{"batch.kubernetes.io/controller-uid":"' + UID + '", "batch.kubernetes.io/job-name":"myjob", "controller-uid":"' + UID + '", "job-name":"myjob"}: `selector` does not match template `labels`',
  ]],
  ['another label', job({ template: { ...template, metadata: { labels: { 'job-name': 'x' } } } }), [
    'spec.template.metadata.labels[job-name]: Invalid value: map[string]string{"batch.kubernetes.io/controller-uid":"' + UID + '", "batch.kubernetes.io/job-name":"myjob", "controller-uid":"' + UID + '", "job-name":"x"}: must be \'myjob\'',
  ]],
  ['unknown mode', job({ completionMode: 'Other' }), ['spec.completionMode: Unsupported value: "Other": supported values: "NonIndexed", "Indexed"']],
  ['Indexed without completions', job({ completionMode: 'Indexed', parallelism: 100001 }), [
    'spec.completions: Required value: when completion mode is Indexed',
    'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
  ]],
  ['limits of indexes', job({ maxFailedIndexes: 1 }), ['spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified', 'spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode']],
  ['too many failed indexes', indexed({ backoffLimitPerIndex: 1, maxFailedIndexes: 3 }), ['spec.maxFailedIndexes: Invalid value: 3: must be less than or equal to completions']],
  ['very many completions', indexed({ completions: 100001, parallelism: 10001, backoffLimitPerIndex: 1 }), [
    'spec.maxFailedIndexes: Required value: must be specified when completions is above 100000',
    'spec.parallelism: Invalid value: 10001: must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index',
  ]],
  ['a hostname too long', job({ completionMode: 'Indexed', completions: 100 }, 'a'.repeat(61)), [`metadata.name: Invalid value: "${'a'.repeat(61)}": will not able to create pod with invalid DNS label: ${'a'.repeat(61)}-99`]],
  ['manager', job({ managedBy: 'UPPER_CASE/my-controller' }), [expect.stringMatching(/^spec\.managedBy: Invalid value: "UPPER_CASE": a lowercase RFC 1123 subdomain/) as string]],
  ['manager without domain', job({ managedBy: 'my-controller' }), ['spec.managedBy: Invalid value: "my-controller": must be a domain-prefixed path (such as "acme.io/foo")']],
  ['policy with OnFailure', job({ podFailurePolicy: { rules: [] }, template: { spec: { ...template.spec, restartPolicy: 'OnFailure' } } }), ['spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified']],
  ['replacement with policy', job({ podFailurePolicy: { rules: [] }, podReplacementPolicy: 'TerminatingOrFailed' }), ['spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"']],
  ['empty rule', policy({ action: '' }), [`${RULE}.action: Required value: valid values: ["Count" "FailIndex" "FailJob" "Ignore"]`, `${RULE}: Invalid value: specifying one of OnExitCodes and OnPodConditions is required`]],
  ['FailIndex', policy({ action: 'FailIndex', onExitCodes: { operator: 'In', values: [1] } }), [`${RULE}.action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set`]],
  ['exit codes', policy({ action: 'FailJob', onExitCodes: { containerName: 'xyz', operator: 'In', values: [13, 0, 13] } }), [
    `${RULE}.onExitCodes.containerName: Invalid value: "xyz": must be one of the container or initContainer names in the pod template`,
    `${RULE}.onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator`,
    `${RULE}.onExitCodes.values[2]: Duplicate value: 13`,
    `${RULE}.onExitCodes.values: Invalid value: []int32{13, 0, 13}: must be ordered`,
  ]],
  ['too many rules', policy(...Array.from({ length: 21 }, () => ({ action: 'Ignore', onExitCodes: { operator: 'NotIn', values: [0] } }))), ['spec.podFailurePolicy.rules: Too many: 21: must have at most 20 items']],
  ['success policy of plain jobs', job({ successPolicy: { rules: [{ succeededCount: 1 }] } }), [expect.stringContaining(': requires indexed completion mode') as string]],
  ['success policy', indexed({ completions: 5, successPolicy: { rules: [{}, { succeededIndexes: '0-7' }, { succeededIndexes: '0-2', succeededCount: 4 }, { succeededIndexes: '2-1' }] } }), [
    'spec.successPolicy.rules[0]: Required value: at least one of succeededCount or succeededIndexes must be specified',
    'spec.successPolicy.rules[1].succeededIndexes: Invalid value: "0-7": error parsing succeededIndexes: too large index: "7"',
    'spec.successPolicy.rules[2].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of indexes in the specified succeededIndexes field)',
    'spec.successPolicy.rules[3].succeededIndexes: Invalid value: "2-1": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1',
  ]],
  ['CronJob', cronJob({}), []],
  ['zone in the schedule', cronJob({ schedule: 'TZ=UTC 0 * * * *' }), ['spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead']],
  ['zones', cronJob({ timeZone: 'Continent/Zone' }), ['spec.timeZone: Invalid value: "Continent/Zone": unknown time zone Continent/Zone']],
  ['local zone', cronJob({ timeZone: 'LOCAL' }), ['spec.timeZone: Invalid value: "LOCAL": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones', 'spec.timeZone: Invalid value: "LOCAL": unknown time zone LOCAL']],
  ['a name too long', cronJob({}, 'a'.repeat(53)), [`metadata.name: Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`]],
  ['concurrency', cronJob({ concurrencyPolicy: 'Nope' }), ['spec.concurrencyPolicy: Unsupported value: "Nope": supported values: "Allow", "Forbid", "Replace"']],
  ['own selector', cronJob({ jobTemplate: { spec: { template, manualSelector: true, selector: { matchLabels: { a: 'b' } } } } }), [
    'spec.jobTemplate.spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{"a":"b"}, MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: `selector` will be auto-generated',
    'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
  ]],
])('%s', (_name, object, expected) => {
  expect(faults(object)).toEqual(expected);
});

test('what of a job may change', () => {
  const old = created<Job>(indexed({ parallelism: 2 }));
  expect(updated(old, (j) => Object.assign(j.spec!, { completions: 3, parallelism: 3 })).faults).toEqual([]);
  expect(updated(old, (j) => void (j.spec!.completions = 3)).faults).toEqual(['spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism']);
  expect(updated(old, (j) => void (j.spec!.backoffLimitPerIndex = 1)).faults).toEqual(['spec.backoffLimitPerIndex: Invalid value: 1: field is immutable']);
  expect(updated(created<Job>(job({})), (j) => void (j.spec!.completions = 2)).faults).toEqual(['spec.completions: Invalid value: 2: field is immutable']);
  expect(updated(old, (j) => void (j.spec!.template.spec!.nodeSelector = { a: 'b' })).faults).toEqual([
    expect.stringMatching(/^spec\.template: Invalid value: core\.PodTemplateSpec\{ObjectMeta:v1\.ObjectMeta\{Name:"", GenerateName:"", .*\}, Spec:core\.PodSpec\{Volumes:\[\]core\.Volume\(nil\), .*NodeSelector:map\[string\]string\{"a":"b"\}, .*\}\}: field is immutable$/),
  ]);
  const suspended = created<Job>(indexed({ suspend: true }));
  expect(updated(suspended, (j) => void (j.spec!.template.spec!.nodeSelector = { a: 'b' })).faults).toEqual([]);
  expect(updated(suspended, (j) => void (j.spec!.template.spec!.affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] } } })).faults).toEqual([]);
  expect(updated(suspended, (j) => void (j.spec!.template.spec!.containers[0]!.image = 'x')).faults).toHaveLength(1);
});

test('an old CronJob keeps its odd name and the zone in its schedule', () => {
  const old = { ...created<CronJob>(cronJob({}, 'a'.repeat(60))) };
  expect(updated(old, (c) => void (c.spec!.suspend = true)).faults).toEqual([]);
  const zoned = { ...old, spec: { ...old.spec!, schedule: 'TZ=UTC 0 * * * *' } };
  expect(updated(zoned, (c) => void (c.spec!.suspend = true)).faults).toEqual([]);
  expect(updated(zoned, (c) => void (c.spec!.timeZone = 'UTC')).faults).toEqual(['spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule']);
});

const condition = (...types: string[]): object => ({ conditions: types.map((type) => ({ type, status: 'True' })) });
const START = { startTime: '2025-01-01T00:00:00Z' };
const END = { completionTime: '2025-01-01T00:01:00Z' };

test.each<[string, object, object, string[]]>([
  ['complete', START, { ...START, ...END, ...condition('SuccessCriteriaMet', 'Complete') }, []],
  ['complete at once', START, { ...START, ...condition('Complete') }, ['status.completionTime: Required value: completionTime is required for Complete jobs', 'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition']],
  ['failed at once', START, { ...START, active: 1, ...condition('Failed') }, ['status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition', 'status.active: Invalid value: 1: active>0 is invalid for finished job']],
  ['failed no more', { ...START, ...condition('FailureTarget', 'Failed') }, START, ['status.conditions: Invalid value: cannot disable the terminal Failed=True condition', 'status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition']],
  ['counting down', { ...START, failed: 2, succeeded: 2 }, { ...START, failed: 1, succeeded: 1 }, ['status.failed: Invalid value: 1: cannot decrease the failed counter', 'status.succeeded: Invalid value: 1: cannot decrease the succeeded counter']],
  ['ended before it began', START, { ...START, completionTime: '2024-12-31T00:00:00Z', ...condition('SuccessCriteriaMet', 'Complete') }, ['status.completionTime: Invalid value: 2024-12-31 00:00:00 +0000 UTC: must be equal to or after `startTime`']],
  ['indexes of a plain job', START, { ...START, completedIndexes: '0' }, ['status.completedIndexes: Invalid value: "0": cannot set non-empty completedIndexes when non-indexed completion mode']],
])('status: %s', (_name, before, after, expected) => {
  expect(statusFaults({ ...created<Job>(job({})), status: before }, after)).toEqual(expected);
});

test('workloads do not have more of a part than of the whole', () => {
  const workload = (kind: string, spec: object): object => ({ apiVersion: 'apps/v1', kind, metadata: { name: 'w', namespace: 'default' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }, ...spec } });
  expect(statusFaults(created<object>(workload('Deployment', {})), { replicas: 1, readyReplicas: 2, availableReplicas: 3, updatedReplicas: -1 })).toEqual([
    'status.updatedReplicas: Invalid value: -1: must be greater than or equal to 0',
    'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than status.replicas',
    'status.availableReplicas: Invalid value: 3: cannot be greater than readyReplicas',
  ]);
  expect(statusFaults({ ...created<object>(workload('StatefulSet', { serviceName: 's' })), status: { replicas: 1, collisionCount: 2 } }, { replicas: 1, collisionCount: 1 })).toEqual(['status.collisionCount: Invalid value: 1: cannot be decremented']);
  expect(faults(workload('StatefulSet', { serviceName: 'a.b' }))).toEqual(['spec.serviceName: Invalid value: "a.b": must not contain dots']);
});
