/** Which description a kind has. Each is read only when it is asked for. */
import type { ResourceFacts } from '../../api/resource.ts';
import type { Describe } from './reader.ts';

type Load = () => Promise<{ readonly describe: Describe }>;

const role: Load = () => import('./role.ts');
const roleBinding: Load = () => import('./rolebinding.ts');

/** By group and kind, whatever the version (kubectl pkg/describe/describe.go: describerMap). */
const DESCRIPTIONS: Readonly<Record<string, Load>> = {
  '/ConfigMap': () => import('./configmap.ts'),
  '/Endpoints': () => import('./endpoints.ts'),
  '/LimitRange': () => import('./limitrange.ts'),
  '/Namespace': () => import('./namespace.ts'),
  '/Node': () => import('./node.ts'),
  '/PersistentVolume': () => import('./persistentvolume.ts'),
  '/PersistentVolumeClaim': () => import('./persistentvolumeclaim.ts'),
  '/Pod': () => import('./pod.ts'),
  '/ReplicationController': () => import('./replicationcontroller.ts'),
  '/ResourceQuota': () => import('./resourcequota.ts'),
  '/Secret': () => import('./secret.ts'),
  '/Service': () => import('./service.ts'),
  '/ServiceAccount': () => import('./serviceaccount.ts'),
  'apps/DaemonSet': () => import('./daemonset.ts'),
  'apps/Deployment': () => import('./deployment.ts'),
  'apps/ReplicaSet': () => import('./replicaset.ts'),
  'apps/StatefulSet': () => import('./statefulset.ts'),
  'autoscaling/HorizontalPodAutoscaler': () => import('./horizontalpodautoscaler.ts'),
  'batch/CronJob': () => import('./cronjob.ts'),
  'batch/Job': () => import('./job.ts'),
  'certificates.k8s.io/CertificateSigningRequest': () => import('./certificatesigningrequest.ts'),
  'discovery.k8s.io/EndpointSlice': () => import('./endpointslice.ts'),
  'networking.k8s.io/Ingress': () => import('./ingress.ts'),
  'networking.k8s.io/IngressClass': () => import('./ingressclass.ts'),
  'networking.k8s.io/IPAddress': () => import('./ipaddress.ts'),
  'networking.k8s.io/NetworkPolicy': () => import('./networkpolicy.ts'),
  'networking.k8s.io/ServiceCIDR': () => import('./servicecidr.ts'),
  'policy/PodDisruptionBudget': () => import('./poddisruptionbudget.ts'),
  'rbac.authorization.k8s.io/ClusterRole': role,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleBinding,
  'rbac.authorization.k8s.io/Role': role,
  'rbac.authorization.k8s.io/RoleBinding': roleBinding,
  'scheduling.k8s.io/PriorityClass': () => import('./priorityclass.ts'),
  'storage.k8s.io/CSINode': () => import('./csinode.ts'),
  'storage.k8s.io/StorageClass': () => import('./storageclass.ts'),
};

/** The describer of a resource's kind; kinds without one of their own have their fields listed. */
export async function describerOf({ group, kind }: ResourceFacts): Promise<Describe> {
  const load = Object.hasOwn(DESCRIPTIONS, `${group}/${kind}`) ? DESCRIPTIONS[`${group}/${kind}`] : undefined;
  return (await (load ?? (() => import('./generic.ts')))()).describe;
}
