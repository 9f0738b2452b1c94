import { hostPortsOf, HostPorts } from '../cache/host-ports.ts';
import type { Plugin } from '../framework/plugin.ts';
import { SKIP, unschedulable } from '../framework/status.ts';

/** A host port is given once per node. Follows plugins/nodeports/node_ports.go. */
export const nodePorts = (): Plugin => ({
  name: 'NodePorts',
  preFilter: (_state, { hostPorts }) => (hostPorts.length === 0 ? { status: SKIP } : undefined),
  filter(_state, { hostPorts }, { ports }) {
    return hostPorts.some((port) => ports.conflicts(port)) ? unschedulable("node(s) didn't have free ports for the requested pod ports") : undefined;
  },
  isWorthRequeuing(event, { hostPorts }) {
    if (event.kind === 'NodeAdd') return true;
    if (event.kind !== 'AssignedPodDelete') return false;
    const freed = new HostPorts();
    for (const port of hostPortsOf(event.pod)) freed.add(port);
    return hostPorts.some((port) => freed.conflicts(port));
  },
});
