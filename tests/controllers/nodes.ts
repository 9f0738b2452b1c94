/** Nodes and their heartbeats for the controllers' tests. */
import type { Lease, Node, Pod } from '../../src/api/generated/types.ts';
import { LEASES } from '../../src/api/kinds.ts';
import { formatMicroTime } from '../../src/api/time.ts';
import type { TestContext } from '../support/test-context.ts';

type Typed<T> = T & { apiVersion: string; kind: string };

export function node(name: string, ready: 'True' | 'False' | 'Unknown' = 'True', labels: Record<string, string> = {}): Typed<Node> {
  const since = '2025-01-01T00:00:00Z';
  return {
    apiVersion: 'v1', kind: 'Node', metadata: { name, labels },
    status: { conditions: [{ type: 'Ready', status: ready, reason: 'KubeletReady', message: 'kubelet is posting ready status', lastHeartbeatTime: since, lastTransitionTime: since }] },
  };
}

export function lease(name: string, renewMs: number): Typed<Lease> {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace: 'kube-node-lease', name }, spec: { holderIdentity: name, renewTime: formatMicroTime(renewMs) } };
}

/** A pod that runs on a node and is ready. */
export function podOn(nodeName: string, name: string, more: Partial<Pod> = {}): Typed<Pod> {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name, ...more.metadata },
    spec: { containers: [{ name: 'web', image: 'nginx' }], nodeName, ...more.spec },
    status: { phase: 'Running', podIP: '10.244.1.2', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' }], ...more.status },
  };
}

/** Lets time pass while these nodes, and only these, send a heartbeat every ten seconds. */
export async function beat({ api, clock }: TestContext, names: readonly string[], seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 10) {
    await clock.advance(10_000);
    for (const name of names) api.change(LEASES, 'kube-node-lease', name, (changed) => Object.assign(changed.spec ?? {}, { renewTime: formatMicroTime(clock.now()) }));
  }
  await clock.activity.idle();
}

