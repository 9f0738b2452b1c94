import type { CronJob, DaemonSet, Deployment, Job, LimitRange, Namespace, NetworkPolicy, PersistentVolume, PersistentVolumeClaim, Pod, RoleBinding, Secret, Service, StatefulSet, V2HorizontalPodAutoscaler } from '../../../src/api/generated/types.ts';
import { draft } from '../../../src/api/json.ts';
import { strategyFor } from '../../../src/apiserver/strategies/index.ts';
import { resourceForKind } from '../../../src/api/resource.ts';
import { imagePullPolicyFor } from '../../../src/apiserver/defaults/image.ts';
import { storedQuantity } from '../../../src/apiserver/defaults/quantities.ts';
import { created, deployment, pod, UID } from '../validation/support.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'nginx:1' }] } };
const workload = (apiVersion: string, kind: string, spec: object, meta: object = {}): object => ({ apiVersion, kind, metadata: { name: 'web', namespace: 'default', ...meta }, spec });

const PLAIN_CONTAINER = { imagePullPolicy: 'IfNotPresent', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };
const PLAIN_SPEC = { dnsPolicy: 'ClusterFirst', restartPolicy: 'Always', schedulerName: 'default-scheduler', securityContext: {}, terminationGracePeriodSeconds: 30 };

test('a pod', () => {
  const object = created<Pod>(
    pod({
      hostNetwork: false,
      serviceAccountName: 'builder',
      containers: [
        {
          name: 'app',
          image: 'nginx',
          args: [],
          ports: [{ containerPort: 80 }],
          env: [{ name: 'EMPTY', value: '' }, { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } }, { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
          resources: { limits: { cpu: '0.5', memory: '1024Mi' }, requests: { cpu: '0.1' } },
          readinessProbe: { httpGet: { port: 80 } },
          livenessProbe: { grpc: { port: 9 } },
          lifecycle: { preStop: { httpGet: { port: 1 } } },
          volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: false }],
        },
      ],
      volumes: [{ name: 'v' }, { name: 'c', configMap: { name: 'c' } }, { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }, { name: 'h', hostPath: { path: '/' } }],
    }),
  );
  expect(object.spec).toEqual({
    ...PLAIN_SPEC,
    enableServiceLinks: true,
    serviceAccount: 'builder',
    serviceAccountName: 'builder',
    containers: [
      {
        ...PLAIN_CONTAINER,
        name: 'app',
        image: 'nginx',
        imagePullPolicy: 'Always',
        ports: [{ containerPort: 80, protocol: 'TCP' }],
        env: [{ name: 'EMPTY' }, { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } }, { name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
        resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } },
        readinessProbe: { httpGet: { path: '/', port: 80, scheme: 'HTTP' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
        livenessProbe: { grpc: { port: 9, service: '' }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
        lifecycle: { preStop: { httpGet: { path: '/', port: 1, scheme: 'HTTP' } } },
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
    ],
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'c', configMap: { name: 'c', defaultMode: 420 } },
      { name: 'p', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
      { name: 'h', hostPath: { path: '/', type: '' } },
    ],
  });
  expect(object.status).toEqual({ phase: 'Pending', qosClass: 'Burstable' });
});

test('a Deployment', () => {
  expect(created<Deployment>(deployment()).spec).toEqual({
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    selector: { matchLabels: { app: 'web' } },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    template: { metadata: { creationTimestamp: null, labels: { app: 'web' } }, spec: { ...PLAIN_SPEC, containers: [{ ...PLAIN_CONTAINER, name: 'app', image: 'nginx:1' }] } },
  });
  expect(created<Deployment>(deployment({ strategy: { type: 'Recreate' }, replicas: 0 })).spec).toMatchObject({ replicas: 0, strategy: { type: 'Recreate' } });
});

test('templates do not take what only pods take', () => {
  const limited = created<Deployment>(deployment({ template: { ...template, spec: { hostNetwork: true, containers: [{ name: 'a', image: 'b', ports: [{ containerPort: 1 }], resources: { limits: { cpu: '1' } } }] } } }));
  const [container] = limited.spec?.template.spec?.containers ?? [];
  expect(container?.resources).toEqual({ limits: { cpu: '1' } });
  expect(container?.ports).toEqual([{ containerPort: 1, protocol: 'TCP' }]);
  expect(limited.spec?.template.spec?.enableServiceLinks).toBeUndefined();
});

test('StatefulSet and DaemonSet', () => {
  const spec = { selector: { matchLabels: { app: 'web' } }, template };
  const stateful = created<StatefulSet>(workload('apps/v1', 'StatefulSet', { ...spec, volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }] }));
  expect(stateful.spec).toMatchObject({
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { creationTimestamp: null, name: 'd' }, spec: { volumeMode: 'Filesystem' }, status: { phase: 'Pending' } }],
  });
  expect(stateful.status).toEqual({ replicas: 0, availableReplicas: 0 });
  const daemon = created<DaemonSet>(workload('apps/v1', 'DaemonSet', spec));
  expect(daemon.spec).toMatchObject({ revisionHistoryLimit: 10, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } });
  expect(daemon.metadata?.annotations).toEqual({ 'deprecated.daemonset.template.generation': '1' });
});

test('a Job and its selector', () => {
  const job = created<Job>(workload('batch/v1', 'Job', { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } }));
  const labels = { 'batch.kubernetes.io/controller-uid': UID, 'batch.kubernetes.io/job-name': 'web', 'controller-uid': UID, 'job-name': 'web' };
  expect(job.metadata?.labels).toEqual(labels);
  expect(job.spec).toMatchObject({
    backoffLimit: 6, completionMode: 'NonIndexed', completions: 1, manualSelector: false, parallelism: 1, podReplacementPolicy: 'TerminatingOrFailed', suspend: false,
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': UID } },
    template: { metadata: { creationTimestamp: null, labels } },
  });
  expect(job.status).toEqual({});
  const named = created<Job>(workload('batch/v1', 'Job', { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } }, { labels: { mine: 'yes' } }));
  expect(named.metadata?.labels).toEqual({ mine: 'yes' });
});

test('a CronJob', () => {
  const cronJob = created<CronJob>(workload('batch/v1', 'CronJob', { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'b' }] } } } } }));
  expect(cronJob.spec).toMatchObject({
    concurrencyPolicy: 'Allow', failedJobsHistoryLimit: 1, successfulJobsHistoryLimit: 3, suspend: false,
    jobTemplate: { metadata: { creationTimestamp: null }, spec: { template: { metadata: { creationTimestamp: null }, spec: { dnsPolicy: 'ClusterFirst' } } } },
  });
  expect(cronJob.spec?.jobTemplate.spec?.backoffLimit).toBeUndefined();
});

test('Services', () => {
  expect(created<Service>(workload('v1', 'Service', { ports: [{ port: 80 }], selector: {} })).spec).toEqual({ internalTrafficPolicy: 'Cluster', ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }], sessionAffinity: 'None', type: 'ClusterIP' });
  expect(created<Service>(workload('v1', 'Service', { type: 'LoadBalancer', sessionAffinity: 'ClientIP', ports: [{ port: 80, targetPort: 'http' }] }))).toMatchObject({
    spec: { allocateLoadBalancerNodePorts: true, externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Cluster', ports: [{ targetPort: 'http' }], sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } } },
    status: { loadBalancer: {} },
  });
  expect(created<Service>(workload('v1', 'Service', { type: 'ExternalName', externalName: 'a.b' })).spec).toEqual({ externalName: 'a.b', sessionAffinity: 'None', type: 'ExternalName' });
  expect(created<Service>(workload('v1', 'Service', { clusterIP: 'None', ports: [{ port: 1 }] })).spec?.clusterIPs).toEqual(['None']);
});

test('smaller kinds', () => {
  expect(created<Namespace>({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } })).toMatchObject({ metadata: { labels: { 'kubernetes.io/metadata.name': 'a' } }, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  const secret = created<Secret>({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'ä' }, data: { b: 'Yg==' } });
  expect(secret).toMatchObject({ type: 'Opaque', data: { a: 'w6Q=', b: 'Yg==' } });
  expect(secret.stringData).toBeUndefined();
  expect(created<PersistentVolumeClaim>(workload('v1', 'PersistentVolumeClaim', { resources: { requests: { storage: '1024Mi' } }, storageClassName: '' }))).toMatchObject({ spec: { volumeMode: 'Filesystem', storageClassName: '', resources: { requests: { storage: '1Gi' } } }, status: { phase: 'Pending' } });
  expect(created<LimitRange>(workload('v1', 'LimitRange', { limits: [{ type: 'Container', max: { cpu: '1' }, min: { memory: '1Ki' } }] })).spec?.limits).toEqual([
    { type: 'Container', max: { cpu: '1' }, min: { memory: '1Ki' }, default: { cpu: '1' }, defaultRequest: { cpu: '1', memory: '1Ki' } },
  ]);
  expect(created<NetworkPolicy>(workload('networking.k8s.io/v1', 'NetworkPolicy', { egress: [{ ports: [{ port: 1 }] }] })).spec).toEqual({ podSelector: {}, egress: [{ ports: [{ port: 1, protocol: 'TCP' }] }], policyTypes: ['Ingress', 'Egress'] });
  expect(created<RoleBinding>({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'r' }, roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'u' }, { kind: 'ServiceAccount', name: 's' }] })).toMatchObject({
    roleRef: { apiGroup: 'rbac.authorization.k8s.io' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io' }, { kind: 'ServiceAccount', name: 's' }],
  });
  expect(created<V2HorizontalPodAutoscaler>(workload('autoscaling/v2', 'HorizontalPodAutoscaler', { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'a' } })).spec).toMatchObject({
    minReplicas: 1,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  });
});

test.each([pod({ volumes: [{ name: 'v' }] }), deployment(), workload('v1', 'Service', { ports: [{ port: 80 }] }), workload('batch/v1', 'Job', { template }), workload('apps/v1', 'StatefulSet', { template })])('defaults of %# hold when they are set again', (object) => {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const resource = resourceForKind(apiVersion, kind);
  if (!resource) throw new Error(kind);
  const once = draft(object);
  strategyFor(resource).applyDefaults?.(once);
  const twice = draft(once);
  strategyFor(resource).applyDefaults?.(twice);
  expect(twice).toEqual(once);
});

test.each([
  ['nginx', 'Always'],
  ['nginx:latest', 'Always'],
  ['nginx:1.27', 'IfNotPresent'],
  ['registry:5000/a/nginx', 'Always'],
  ['registry:5000/a/nginx:1', 'IfNotPresent'],
  [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
  ['', 'IfNotPresent'],
  ['Not An Image', 'IfNotPresent'],
])('image %s is pulled %s', (image, policy) => {
  expect(imagePullPolicyFor(image)).toBe(policy);
});

test.each([
  ['0.5', '500m'],
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
  ['100u', '1m'],
  ['nonsense', 'nonsense'],
])('%s is stored as %s', (text, stored) => {
  expect(storedQuantity(text)).toBe(stored);
});

test('PersistentVolumes of older kinds', () => {
  const volume = (source: object): object => created<PersistentVolume>({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'v' }, spec: source });
  expect(volume({ azureDisk: { diskName: 'd', diskURI: 'u' } })).toMatchObject({ spec: { azureDisk: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' } } });
  expect(volume({ scaleIO: { gateway: 'g', system: 's', secretRef: {} } })).toMatchObject({ spec: { scaleIO: { storageMode: 'ThinProvisioned', fsType: 'xfs' } } });
  expect(volume({ iscsi: { targetPortal: 'p', iqn: 'i', lun: 0 } })).toMatchObject({ spec: { iscsi: { iscsiInterface: 'default' } } });
  expect(volume({ rbd: { monitors: ['m'], image: 'i' } })).toMatchObject({ spec: { rbd: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } } });
});
