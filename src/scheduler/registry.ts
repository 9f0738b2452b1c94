/** The plugins of the default profile, in order and with their weights. Follows pkg/scheduler/apis/config/v1/default_plugins.go. */
import type { PluginEntry, PluginFactory } from './framework/plugin.ts';
import { defaultBinder } from './plugins/default-binder.ts';
import { DefaultPreemption } from './plugins/default-preemption.ts';
import { imageLocality } from './plugins/image-locality.ts';
import { InterPodAffinity } from './plugins/inter-pod-affinity.ts';
import { nodeAffinity } from './plugins/node-affinity.ts';
import { nodeName } from './plugins/node-name.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.ts';
import { nodeResourcesFit } from './plugins/node-resources-fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { PodTopologySpread } from './plugins/pod-topology-spread.ts';
import { prioritySort } from './plugins/priority-sort.ts';
import { schedulingGates } from './plugins/scheduling-gates.ts';
import { taintToleration } from './plugins/taint-toleration.ts';
import { VolumeBinding } from './plugins/volume-binding.ts';

const entry = (make: PluginFactory, weight = 0): PluginEntry => ({ make, weight });

export const DEFAULT_PLUGINS: readonly PluginEntry[] = [
  entry(schedulingGates),
  entry(prioritySort),
  entry(nodeUnschedulable),
  entry(nodeName),
  entry(taintToleration, 3),
  entry(nodeAffinity, 2),
  entry(nodePorts),
  entry(nodeResourcesFit, 1),
  entry((handle) => new VolumeBinding(handle)),
  entry((handle) => new PodTopologySpread(handle), 2),
  entry((handle) => new InterPodAffinity(handle), 2),
  entry((handle) => new DefaultPreemption(handle)),
  entry(nodeResourcesBalancedAllocation, 1),
  entry(imageLocality, 1),
  entry(defaultBinder),
];
