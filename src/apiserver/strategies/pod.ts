/** How pods are created, changed, selected and deleted. Follows kubernetes pkg/registry/core/pod/strategy.go. */
import type { Container, Pod, PodAffinityTerm } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import { qosClass } from '../../api/pods.ts';
import type { Strategy } from '../strategy.ts';
import { dropDisabledStatus } from '../defaults/disabled.ts';
import { defaultPod } from '../defaults/pod.ts';
import { validatePod, validatePodUpdate } from '../validation/pod.ts';
import { validateEphemeralContainersUpdate, validatePodResize, validatePodStatusUpdate } from '../validation/pod-subresources.ts';
import { syncAppArmor } from './app-armor.ts';
import { keepMeta, keepStatus } from './common.ts';
import { podWarnings } from './pod-warnings.ts';
import { nameWarnings, POD_NAME_USE } from './warnings.ts';

const GATED_MESSAGE = 'Scheduling is blocked due to non-empty scheduling gates';

const AFFINITIES = ['podAffinity', 'podAntiAffinity'] as const;

/** matchLabelKeys and mismatchLabelKeys become requirements of the selector, with the pod's own values (mutatePodAffinity). */
function mergeLabelKeys(pod: Draft<Pod>): void {
  const labels = pod.metadata?.labels ?? {};
  const merge = (term: Draft<PodAffinityTerm>): void => {
    const selector = term.labelSelector;
    if (!selector) return;
    for (const [keys, operator] of [[term.matchLabelKeys, 'In'], [term.mismatchLabelKeys, 'NotIn']] as const)
      for (const key of keys ?? []) {
        const value = labels[key];
        if (value === undefined) continue;
        const expressions = (selector.matchExpressions ??= []);
        // A second try for a free name comes by again.
        if (!expressions.some((known) => equal(known, { key, operator, values: [value] }))) expressions.push({ key, operator, values: [value] });
      }
  };
  for (const name of AFFINITIES) {
    const affinity = pod.spec?.affinity?.[name];
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) merge(term);
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) if (podAffinityTerm) merge(podAffinityTerm);
  }
}

export const podStrategy: Strategy<Pod> = {
  applyDefaults: defaultPod,
  keepsGeneration: true,

  prepareForCreate(pod, { warn }) {
    pod.status = { phase: 'Pending', qosClass: qosClass(pod) };
    if (pod.spec?.schedulingGates?.length) pod.status.conditions = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: GATED_MESSAGE }];
    mergeLabelKeys(pod);
    syncAppArmor(pod, warn);
  },
  prepareForUpdate(pod, old) {
    keepStatus(pod, old);
  },
  prepareForStatusUpdate(pod, old) {
    // Old kubelets would spoil them (pkg/registry/core/pod/strategy.go).
    keepMeta(pod, old, ['ownerReferences']);
    const status = (pod.status ??= {});
    dropDisabledStatus(status);
    const quality = old.status?.qosClass;
    if (!status.qosClass && quality !== undefined) status.qosClass = quality;
  },

  validate: validatePod,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  // Who changes pods is mostly no person: upstream warns on creation only.
  warnings: (pod, old) => (old || !pod.spec ? [] : [...nameWarnings(pod.metadata?.name, POD_NAME_USE), ...podWarnings(pod.spec, pod.metadata ?? {})]),

  graceful: true,
  gracePeriodSeconds(pod, options) {
    const { spec, status } = pod;
    if (!spec?.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') return 0;
    const seconds = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 0;
    return seconds < 0 ? 1 : seconds;
  },

  fieldAlias: (field) => (field === 'spec.host' ? 'spec.nodeName' : field),
  // status.podIPs is taken, and empty: pkg/registry/core/pod/strategy.go has no value for it.
  selectableFields(pod) {
    const { spec, status } = pod;
    return {
      'spec.nodeName': spec?.nodeName ?? '',
      'spec.restartPolicy': spec?.restartPolicy ?? '',
      'spec.schedulerName': spec?.schedulerName ?? '',
      'spec.serviceAccountName': spec?.serviceAccountName ?? '',
      'spec.hostNetwork': String(spec?.hostNetwork ?? false),
      'status.phase': status?.phase ?? '',
      'status.podIPs': '',
      'status.podIP': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
      'status.nominatedNodeName': status?.nominatedNodeName ?? '',
    };
  },
};

/** pods/ephemeralcontainers: nothing but the ephemeral containers changes. */
export const podEphemeralContainersStrategy: Strategy<Pod> = {
  ...podStrategy,
  prepareForUpdate(pod, old) {
    const added = pod.spec?.ephemeralContainers;
    pod.spec = { ...(old.spec as NonNullable<typeof pod.spec>) };
    if (added) pod.spec.ephemeralContainers = added;
    else delete pod.spec.ephemeralContainers;
    keepMeta(pod, old);
    keepStatus(pod, old);
  },
  validateUpdate: validateEphemeralContainersUpdate,
};

/** The old containers with the new ones' resources. Containers that came, went or moved stay, to be refused. */
function resized(now: readonly Draft<Container>[] | undefined, old: readonly Container[] | undefined): Draft<Container>[] | undefined {
  if (!now || now.some((container, i) => container.name !== old?.[i]?.name)) return now as Draft<Container>[] | undefined;
  return now.map(({ resources, resizePolicy }, i) => {
    const { resources: _resources, resizePolicy: _resizePolicy, ...rest } = old?.[i] as Draft<Container>;
    return { ...rest, ...(resources ? { resources } : {}), ...(resizePolicy ? { resizePolicy } : {}) };
  });
}

/** pods/resize: nothing but the containers' resources and resize policies changes. */
export const podResizeStrategy: Strategy<Pod> = {
  ...podStrategy,
  prepareForUpdate(pod, old) {
    keepStatus(pod, old);
    const { containers = [], initContainers } = pod.spec ?? {};
    const before = old.spec as NonNullable<typeof pod.spec>;
    if (containers.length !== before.containers.length || initContainers?.length !== before.initContainers?.length) return;
    pod.spec = { ...before, containers: resized(containers, before.containers) ?? [] };
    const init = resized(initContainers, before.initContainers);
    if (init) pod.spec.initContainers = init;
    keepMeta(pod, old);
  },
  validateUpdate: validatePodResize,
};
