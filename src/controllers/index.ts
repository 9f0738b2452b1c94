/** The controllers of the controller manager, by the names that `--controllers` knows them under. */
import type { ComponentFactory } from '../client/component.ts';
import { deploymentController } from './deployment/controller.ts';
import { replicaSetController } from './replicaset/controller.ts';

export const CONTROLLERS: readonly (readonly [name: string, factory: ComponentFactory])[] = [
  ['deployment-controller', deploymentController],
  ['replicaset-controller', replicaSetController],
];
