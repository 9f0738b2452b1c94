import type { HorizontalPodAutoscaler, V2HorizontalPodAutoscaler } from '../../src/api/generated/types.ts';
import { draft, type Draft } from '../../src/api/json.ts';
import { autoscalerToV1, autoscalerToV2 } from '../../src/apiserver/registry/autoscaler-conversion.ts';

const PREFIX = 'autoscaling.alpha.kubernetes.io/';
const reference = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const v2 = (spec: object, status?: object): Draft<V2HorizontalPodAutoscaler> =>
  ({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: { scaleTargetRef: reference, maxReplicas: 3, ...spec }, ...(status ? { status: { currentReplicas: 1, desiredReplicas: 1, ...status } } : {}) }) as Draft<V2HorizontalPodAutoscaler>;

const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
const OTHERS = [
  { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } },
  { type: 'Pods', pods: { metric: { name: 'packets' }, target: { type: 'AverageValue', averageValue: '1k' } } },
  { type: 'Object', object: { describedObject: reference, metric: { name: 'hits', selector: { matchLabels: { a: 'b' } } }, target: { type: 'Value', value: '10' } } },
  { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '30' } } },
  { type: 'ContainerResource', containerResource: { name: 'cpu', container: 'app', target: { type: 'Utilization', averageUtilization: 60 } } },
];

test('CPU utilization has a field of its own in v1', () => {
  const old = autoscalerToV1(v2({ metrics: [cpu] }));
  expect(old).toMatchObject({ apiVersion: 'autoscaling/v1', spec: { targetCPUUtilizationPercentage: 50, maxReplicas: 3 } });
  expect(old.metadata?.annotations).toBeUndefined();
});

test('everything else travels in annotations, and comes back', () => {
  const behavior = { scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] }, scaleDown: { selectPolicy: 'Min', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] } };
  const status = {
    conditions: [{ type: 'AbleToScale', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z', reason: 'Ready', message: 'fine' }],
    currentMetrics: [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 10, averageValue: '10m' } } }],
  };
  const whole = v2({ metrics: [...OTHERS, cpu], behavior }, status);
  const old = autoscalerToV1(draft(whole));
  const annotations = old.metadata?.annotations ?? {};
  expect(JSON.parse(annotations[`${PREFIX}metrics`] ?? '')).toEqual([
    { type: 'Resource', resource: { name: 'memory', targetAverageValue: '100Mi' } },
    { type: 'Pods', pods: { metricName: 'packets', targetAverageValue: '1k' } },
    { type: 'Object', object: { target: reference, metricName: 'hits', targetValue: '10', selector: { matchLabels: { a: 'b' } } } },
    { type: 'External', external: { metricName: 'queue', targetAverageValue: '30' } },
    { type: 'ContainerResource', containerResource: { name: 'cpu', targetAverageUtilization: 60, container: 'app' } },
  ]);
  expect(annotations[`${PREFIX}behavior`]).toBe('{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}],"Tolerance":null},"ScaleDown":{"StabilizationWindowSeconds":null,"SelectPolicy":"Min","Policies":[{"Type":"Percent","Value":100,"PeriodSeconds":15}],"Tolerance":null}}');
  expect(old.status).toMatchObject({ currentCPUUtilizationPercentage: 10 });
  expect(autoscalerToV2(draft(old))).toEqual(whole);
});

test('without any metric v1 means 80 % of CPU', () => {
  const old = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', spec: { scaleTargetRef: reference, maxReplicas: 3 } } as Draft<HorizontalPodAutoscaler>;
  expect(autoscalerToV2(old).spec?.metrics).toEqual([{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]);
});

test('annotations that are no JSON are dropped', () => {
  const old = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web', annotations: { [`${PREFIX}metrics`]: 'nope', kept: 'yes' } }, spec: { scaleTargetRef: reference, maxReplicas: 3, targetCPUUtilizationPercentage: 5 } } as Draft<HorizontalPodAutoscaler>;
  expect(autoscalerToV2(old)).toMatchObject({ metadata: { annotations: { kept: 'yes' } } });
});

test('v1 always tells how many there are', () => {
  expect(autoscalerToV1({ ...v2({}), status: { desiredReplicas: 0 } } as Draft<V2HorizontalPodAutoscaler>).status).toEqual({ currentReplicas: 0, desiredReplicas: 0 });
});
