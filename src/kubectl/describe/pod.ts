/** Pods (kubectl pkg/describe/describe.go: PodDescriber). */
import type { Event, Pod } from '../../api/generated/types.ts';
import { PODS } from '../../api/kinds.ts';
import type { Stored } from '../../api/object.ts';
import { qosClass } from '../../api/pods.ts';
import { textOf } from '../errors.ts';
import { writeContainers } from './containers.ts';
import { writeEvents } from './events.ts';
import { rfc1123, since } from './format.ts';
import { writeAnnotations, writeController, writeLabels, writeSpreadConstraints, writeTolerations } from './metadata.ts';
import { subjectOf, type ClusterReader, type Describe } from './reader.ts';
import { writeResources } from './resources.ts';
import { writeVolumes } from './volumes.ts';
import { page, type DescriptionWriter } from './writer.ts';

/** Mirror pods' events are about the manifest on the node, which this annotation identifies. */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

export const describe: Describe = async (reader, namespace, name) => {
  let pod: Stored<Pod>;
  try {
    pod = await reader.get(PODS, namespace, name);
  } catch (error) {
    return describeLost(reader, namespace, name, error);
  }
  const mirrored = pod.metadata.annotations?.[MIRROR_ANNOTATION];
  const { kind: _, ...subject } = subjectOf(pod, PODS);
  const events = await reader.eventsAbout({ ...subject, uid: mirrored ?? subject.uid });
  return page((w) => writePod(w, pod, events, reader));
};

/** A pod that has gone in the meantime: what is known of it are its events. */
async function describeLost(reader: ClusterReader, namespace: string, name: string, error: unknown): Promise<string> {
  if (!reader.showEvents) throw error;
  const events = await reader.searchEvents({ name, namespace }).catch((): Stored<Event>[] => []);
  if (events.length === 0) throw error;
  return page(async (w) => {
    w.write(0, `Pod '${name}': error '${textOf(error)}', but found events.\n`);
    await writeEvents(w, events, reader);
  });
}

async function writePod(w: DescriptionWriter, pod: Stored<Pod>, events: readonly Event[] | undefined, reader: ClusterReader): Promise<void> {
  const { metadata, spec, status = {} } = pod;
  w.field('Name', metadata.name);
  w.field('Namespace', metadata.namespace ?? '');
  if (spec?.priority !== undefined) w.field('Priority', spec.priority);
  if (spec?.priorityClassName) w.field('Priority Class Name', spec.priorityClassName);
  if (spec?.runtimeClassName) w.field('Runtime Class Name', spec.runtimeClassName);
  if (spec?.serviceAccountName) w.field('Service Account', spec.serviceAccountName);
  w.field('Node', spec?.nodeName ? `${spec.nodeName}/${status.hostIP ?? ''}` : '<none>');
  if (status.startTime) w.field('Start Time', rfc1123(status.startTime));
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  await writePhase(w, pod, reader);
  const profile = spec?.securityContext?.seccompProfile;
  if (profile) {
    w.field('SeccompProfile', profile.type);
    if (profile.type === 'Localhost') w.field('LocalhostProfile', profile.localhostProfile ?? '');
  }
  w.field('IP', status.podIP ?? '');
  if (status.podIPs?.length) {
    w.heading('IPs');
    for (const { ip } of status.podIPs) w.field('IP', ip, 1);
  } else w.field('IPs', '<none>');
  writeController(w, metadata);
  if (status.nominatedNodeName) w.field('NominatedNodeName', status.nominatedNodeName);
  if (spec?.resources) {
    w.heading('Resources');
    writeResources(w, spec.resources, 1);
  }
  if (spec?.initContainers?.length) writeContainers(w, 'Init Containers', spec.initContainers, { statuses: status.initContainerStatuses, pod });
  writeContainers(w, 'Containers', spec?.containers ?? [], { statuses: status.containerStatuses, pod });
  if (spec?.ephemeralContainers?.length) writeContainers(w, 'Ephemeral Containers', spec.ephemeralContainers, { statuses: status.ephemeralContainerStatuses, pod });
  writeConditions(w, pod);
  writeVolumes(w, spec?.volumes);
  w.field('QoS Class', status.qosClass || qosClass(pod));
  writeLabels(w, 'Node-Selectors', spec?.nodeSelector);
  writeTolerations(w, 'Tolerations', spec?.tolerations);
  writeSpreadConstraints(w, spec?.topologySpreadConstraints);
  await writeEvents(w, events, reader);
}

async function writePhase(w: DescriptionWriter, { metadata, status = {} }: Stored<Pod>, reader: ClusterReader): Promise<void> {
  const { phase = '', reason, message } = status;
  if (metadata.deletionTimestamp && phase !== 'Failed' && phase !== 'Succeeded') {
    w.field('Status', `Terminating (lasts ${since(metadata.deletionTimestamp, await reader.now())})`);
    w.field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else w.field('Status', phase);
  if (reason) w.field('Reason', reason);
  if (message) w.field('Message', message);
}

function writeConditions(w: DescriptionWriter, { spec, status }: Pod): void {
  const conditions = status?.conditions ?? [];
  if (spec?.readinessGates?.length) {
    w.heading('Readiness Gates');
    w.row(1, 'Type', 'Status');
    for (const { conditionType } of spec.readinessGates) w.row(1, `${conditionType} `, `${conditions.find(({ type }) => type === conditionType)?.status ?? '<none>'} `);
  }
  if (conditions.length === 0) return;
  w.heading('Conditions');
  w.row(1, 'Type', 'Status');
  for (const { type, status: value } of conditions) w.row(1, `${type} `, `${value} `);
}
