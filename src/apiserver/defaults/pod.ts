/**
 * Defaults of pods and pod templates. Follows kubernetes pkg/apis/core/v1/defaults.go and zz_generated.defaults.go. Runs on
 * every write of a pod, so: straight on the draft, nothing copied.
 */
import type { Container, EphemeralContainer, Lifecycle, Pod, PodSpec, PodTemplateSpec, Probe } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { dropDisabled } from './disabled.ts';
import { imagePullPolicyFor } from './image.ts';
import { omitEmpty, templateMeta } from './omit.ts';
import { defaultResourceList, defaultResources, storedQuantity } from './quantities.ts';
import { defaultVolume } from './volumes.ts';

export function defaultPod(pod: Draft<Pod>): void {
  const spec = (pod.spec ??= { containers: [] });
  defaultPodSpec(spec);
  for (const container of spec.containers ?? []) defaultRequests(container);
  for (const container of spec.initContainers ?? []) defaultRequests(container);
  spec.enableServiceLinks ??= true;
  if (spec.hostNetwork) {
    for (const container of spec.containers ?? []) defaultHostPorts(container);
    for (const container of spec.initContainers ?? []) defaultHostPorts(container);
  }
}

export function defaultPodTemplate(holder: { template?: Draft<PodTemplateSpec> }): void {
  const template = (holder.template ??= {});
  const meta = templateMeta(template);
  omitEmpty(meta, 'labels', 'annotations', 'name', 'namespace');
  defaultPodSpec((template.spec ??= { containers: [] }));
}

/** What a pod and a template share. */
export function defaultPodSpec(spec: Draft<PodSpec>): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  // The old name of the field is kept in step with the new one (Convert_core_PodSpec_To_v1_PodSpec).
  const account = spec.serviceAccountName || spec.serviceAccount;
  if (account) {
    spec.serviceAccountName = account;
    spec.serviceAccount = account;
  }
  omitEmpty(spec, 'hostNetwork', 'hostPID', 'hostIPC', 'nodeSelector', 'tolerations', 'volumes', 'initContainers', 'imagePullSecrets', 'serviceAccountName', 'serviceAccount', 'nodeName', 'hostname', 'subdomain', 'hostAliases', 'priorityClassName', 'schedulingGates', 'topologySpreadConstraints', 'ephemeralContainers', 'readinessGates');
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const container of spec.initContainers ?? []) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  defaultResourceList(spec.overhead);
  dropDisabled(spec);
}

function defaultContainer(container: Draft<Container> | Draft<EphemeralContainer>): void {
  container.imagePullPolicy ||= imagePullPolicyFor(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  defaultResources(container.resources);
  omitEmpty(container, 'args', 'command', 'env', 'envFrom', 'ports', 'stdin', 'stdinOnce', 'tty', 'volumeMounts', 'volumeDevices', 'workingDir', 'resizePolicy');
  for (const port of container.ports ?? []) {
    port.protocol ||= 'TCP';
    omitEmpty(port, 'name', 'hostPort', 'hostIP');
  }
  for (const variable of container.env ?? []) {
    omitEmpty(variable, 'value');
    const from = variable.valueFrom;
    if (from?.fieldRef) from.fieldRef.apiVersion ||= 'v1';
    if (from?.resourceFieldRef) {
      from.resourceFieldRef.divisor = storedQuantity(from.resourceFieldRef.divisor ?? '0');
      omitEmpty(from.resourceFieldRef, 'containerName');
    }
  }
  for (const mount of container.volumeMounts ?? []) omitEmpty(mount, 'readOnly', 'subPath', 'subPathExpr');
  if (container.livenessProbe) defaultProbe(container.livenessProbe);
  if (container.readinessProbe) defaultProbe(container.readinessProbe);
  if (container.startupProbe) defaultProbe(container.startupProbe);
  if (container.lifecycle) defaultLifecycle(container.lifecycle);
}

function defaultProbe(probe: Draft<Probe>): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  omitEmpty(probe, 'initialDelaySeconds');
  if (probe.httpGet) defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function defaultLifecycle(lifecycle: Draft<Lifecycle>): void {
  if (lifecycle.postStart?.httpGet) defaultHttpGet(lifecycle.postStart.httpGet);
  if (lifecycle.preStop?.httpGet) defaultHttpGet(lifecycle.preStop.httpGet);
}

function defaultHttpGet(action: { path?: string; scheme?: string; host?: string }): void {
  action.path ||= '/';
  action.scheme ||= 'HTTP';
  omitEmpty(action, 'host');
}

/** Of pods alone, not of templates: a limit without a request is its own request. */
function defaultRequests(container: Draft<Container>): void {
  const limits = container.resources?.limits;
  if (!limits || !container.resources) return;
  const requests = (container.resources.requests ??= {});
  for (const name in limits) {
    const limit = limits[name];
    if (limit !== undefined) requests[name] ??= limit;
  }
}

function defaultHostPorts(container: Draft<Container>): void {
  for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
}
