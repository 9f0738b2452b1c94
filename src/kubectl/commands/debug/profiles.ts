/** What a debug container may do, and what its pod looks like then (kubectl pkg/cmd/debug/profiles.go). */
import type { DebugContainer, DebugPod, KeepFlags, ProfileName } from './wish.ts';

export type Style = 'ephemeral' | 'copy' | 'node';

/** Changes the pod and its debug container as the profile says. */
export function applyProfile(profile: ProfileName, style: Style, pod: DebugPod, container: DebugContainer, keep: KeepFlags): void {
  // Upstream looks among the regular containers only.
  const mount = (): void => mountRoot(pod, style === 'ephemeral' ? undefined : container);
  switch (profile) {
    case 'legacy':
      if (style === 'node') {
        mount();
        useHostNamespaces(pod);
      } else if (style === 'copy') delete pod.metadata.labels;
      return;
    case 'general':
      if (style === 'node') {
        mount();
        delete container.securityContext;
        useHostNamespaces(pod);
        return;
      }
      if (style === 'copy') strip(pod, keep);
      addCapabilities(container, 'SYS_PTRACE');
      break;
    case 'baseline':
      delete container.securityContext;
      if (style === 'copy') strip(pod, keep);
      break;
    case 'restricted':
      container.securityContext = { runAsNonRoot: true, capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' } };
      if (style === 'copy') strip(pod, keep);
      break;
    case 'netadmin':
      addCapabilities(container, 'NET_ADMIN', 'NET_RAW');
      if (style === 'node') useHostNamespaces(pod);
      else if (style === 'copy') strip(pod, keep);
      break;
    case 'sysadmin':
      container.securityContext = { ...container.securityContext, privileged: true };
      if (style === 'node') {
        useHostNamespaces(pod);
        mount();
      } else if (style === 'copy') strip(pod, keep);
      break;
  }
  if (style === 'copy') pod.spec.shareProcessNamespace ??= true;
}

/** A copy loses what would make others take it for the pod itself, unless it is to keep it. */
function strip(pod: DebugPod, keep: KeepFlags): void {
  if (!keep['keep-labels']) delete pod.metadata.labels;
  if (!keep['keep-annotations']) delete pod.metadata.annotations;
  for (const container of pod.spec.containers) {
    if (!keep['keep-liveness']) delete container.livenessProbe;
    if (!keep['keep-readiness']) delete container.readinessProbe;
    if (!keep['keep-startup']) delete container.startupProbe;
  }
  if (!keep['keep-init-containers']) delete pod.spec.initContainers;
}

function mountRoot(pod: DebugPod, container: DebugContainer | undefined): void {
  const name = 'host-root';
  pod.spec.volumes = [...(pod.spec.volumes ?? []), { name, hostPath: { path: '/' } }];
  if (container) container.volumeMounts = [...(container.volumeMounts ?? []), { name, mountPath: '/host' }];
}

function useHostNamespaces({ spec }: DebugPod): void {
  spec.hostNetwork = true;
  spec.hostPID = true;
  spec.hostIPC = true;
}

function addCapabilities(container: DebugContainer, ...names: string[]): void {
  const { securityContext } = container;
  container.securityContext = { ...securityContext, capabilities: { ...securityContext?.capabilities, add: [...(securityContext?.capabilities?.add ?? []), ...names] } };
}
