/** What runs in a cluster: the controllers of kube-controller-manager, the scheduler, and the nodes. */
import type { UserInfo } from '../api/request.ts';
import { CONTROLLERS } from '../controllers/index.ts';
import { nodeFleet, type Fleet } from '../kubelet/fleet.ts';
import { scheduler } from '../scheduler/index.ts';
import type { NodeConnection } from '../api/node-connection.ts';
import type { ComponentOptions } from './cluster.ts';
import type { NamedComponent } from './component-manager.ts';
import { tuneEngine } from './v8.ts';

/** Controllers act as service accounts of their own, as with kube-controller-manager --use-service-account-credentials. */
const controllerUser = (name: string): UserInfo => ({
  username: `system:serviceaccount:kube-system:${name}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
});
const SCHEDULER_USER: UserInfo = { username: 'system:kube-scheduler', groups: ['system:authenticated'] };
const NODES_USER: UserInfo = { username: 'system:nodes', groups: ['system:nodes', 'system:authenticated'] };

export function clusterComponents(options: ComponentOptions): { components: readonly NamedComponent[]; dial: (nodeName: string) => NodeConnection | undefined } {
  tuneEngine();
  const makeFleet = nodeFleet(options);
  let fleet: Fleet | undefined;
  return {
    components: [
      ...CONTROLLERS.map(([name, factory]): NamedComponent => ({ name, factory, user: controllerUser(name) })),
      { name: 'default-scheduler', factory: scheduler, user: SCHEDULER_USER },
      { name: 'kubelet', factory: (context) => (fleet = makeFleet(context)), user: NODES_USER },
    ],
    dial: (nodeName) => fleet?.dial(nodeName),
  };
}
