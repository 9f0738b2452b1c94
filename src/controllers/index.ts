/** The controllers of the controller manager, by the names that events carry and `--controllers` knows. */
import type { ComponentFactory } from '../client/component.ts';
import { deploymentController } from './deployment/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { garbageCollector } from './garbagecollector/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './nodeipam/controller.ts';
import { nodeLifecycleController } from './nodelifecycle/controller.ts';
import { podGarbageCollector } from './podgc/controller.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { serviceAccountController } from './serviceaccount/controller.ts';
import { taintEvictionController } from './tainteviction/controller.ts';

export const CONTROLLERS: readonly (readonly [name: string, factory: ComponentFactory])[] = [
  ['deployment-controller', deploymentController],
  ['replicaset-controller', replicaSetController],
  ['endpoint-controller', endpointsController],
  ['endpointslice-controller', endpointSliceController],
  ['namespace-controller', namespaceController],
  ['service-account-controller', serviceAccountController],
  ['generic-garbage-collector', garbageCollector],
  ['node-ipam-controller', nodeIpamController],
  ['node-controller', nodeLifecycleController],
  ['taint-eviction-controller', taintEvictionController],
  ['pod-garbage-collector', podGarbageCollector],
];
