/** The controllers of the controller manager, by the names that their service accounts, events and `trace` have. */
import type { ComponentFactory } from '../client/component.ts';
import { csrApprovingController } from './certificates/approver.ts';
import { csrCleanerController } from './certificates/cleaner.ts';
import { clusterRoleAggregationController } from './clusterroleaggregation/controller.ts';
import { deploymentController } from './deployment/controller.ts';
import { disruptionController } from './disruption/controller.ts';
import { endpointsController } from './endpoints/controller.ts';
import { endpointSliceController } from './endpointslice/controller.ts';
import { garbageCollector } from './garbagecollector/controller.ts';
import { namespaceController } from './namespace/controller.ts';
import { nodeIpamController } from './nodeipam/controller.ts';
import { nodeLifecycleController } from './nodelifecycle/controller.ts';
import { persistentVolumeBinderController } from './persistentvolume/controller.ts';
import { podGarbageCollector } from './podgc/controller.ts';
import { pvcProtectionController } from './pvcprotection/controller.ts';
import { pvProtectionController } from './pvprotection/controller.ts';
import { replicaSetController } from './replicaset/controller.ts';
import { resourceQuotaController } from './resourcequota/controller.ts';
import { serviceCidrController } from './servicecidr/controller.ts';
import { serviceAccountController } from './serviceaccount/controller.ts';
import { taintEvictionController } from './tainteviction/controller.ts';

export const CONTROLLERS: readonly (readonly [name: string, factory: ComponentFactory])[] = [
  ['clusterrole-aggregation-controller', clusterRoleAggregationController],
  ['csrapproving', csrApprovingController],
  ['csrcleaner', csrCleanerController],
  ['deployment-controller', deploymentController],
  ['disruption-controller', disruptionController],
  ['endpoint-controller', endpointsController],
  ['endpointslice-controller', endpointSliceController],
  ['generic-garbage-collector', garbageCollector],
  ['namespace-controller', namespaceController],
  ['node-controller', nodeLifecycleController],
  ['node-ipam-controller', nodeIpamController],
  ['persistent-volume-binder', persistentVolumeBinderController],
  ['pod-garbage-collector', podGarbageCollector],
  ['pvc-protection-controller', pvcProtectionController],
  ['pv-protection-controller', pvProtectionController],
  ['replicaset-controller', replicaSetController],
  ['resourcequota-controller', resourceQuotaController],
  ['service-account-controller', serviceAccountController],
  ['service-cidr-controller', serviceCidrController],
  ['taint-eviction-controller', taintEvictionController],
];
