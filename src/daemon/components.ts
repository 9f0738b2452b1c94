/** What runs in a cluster: the controllers of kube-controller-manager, the scheduler, and the nodes. */
import type { UserInfo } from '../api/request.ts';
import { CONTROLLERS } from '../controllers/index.ts';
import { IP_ALLOCATOR_REPAIR, ipAllocatorRepair } from '../controllers/ipallocatorrepair/controller.ts';
import { rootCACertPublisher } from '../controllers/rootcacertpublisher/controller.ts';
import { tokensController, type TokensControllerOptions } from '../controllers/serviceaccount/tokens-controller.ts';
import { csrSigningController, type SignCertificate } from '../controllers/certificates/signer.ts';
import { nodeFleet, type Fleet } from '../kubelet/fleet.ts';
import { scheduler } from '../scheduler/index.ts';
import type { NodeConnection } from '../api/node-connection.ts';
import type { ComponentOptions } from './cluster.ts';
import type { NamedComponent } from './component-manager.ts';
import type { ControlPlaneProcess } from './control-plane.ts';
import { tuneEngine } from './v8.ts';

/** Controllers that have no account of their own. */
const ACCOUNTS: Readonly<Record<string, string>> = {
  csrapproving: 'certificate-controller', csrcleaner: 'certificate-controller', csrsigning: 'certificate-controller',
  'node-ipam-controller': 'node-controller', 'taint-eviction-controller': 'node-controller',
  'service-cidr-controller': 'service-cidrs-controller',
};

/** Controllers act as service accounts of their own, as with kube-controller-manager --use-service-account-credentials. */
const controllerUser = (name: string): UserInfo => ({
  username: `system:serviceaccount:kube-system:${ACCOUNTS[name] ?? name}`,
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
});
const MANAGER = 'kube-controller-manager';
const SERVER_USER: UserInfo = { username: 'system:apiserver', groups: ['system:masters', 'system:authenticated'] };
const MANAGER_USER: UserInfo = { username: 'system:kube-controller-manager', groups: ['system:authenticated'] };
const SCHEDULER_USER: UserInfo = { username: 'system:kube-scheduler', groups: ['system:authenticated'] };
/** The fleet itself asks for nothing: each of its kubelets has its node's name. */
const NODES_USER: UserInfo = { username: 'system:nodes', groups: ['system:nodes', 'system:authenticated'] };

/** What kube-controller-manager is told by --root-ca-file, --service-account-private-key-file and --cluster-signing-*. */
export interface TrustOptions {
  readonly rootCA?: string;
  readonly signToken: TokensControllerOptions['sign'];
  readonly signCertificate: SignCertificate;
}

export function clusterComponents(options: ComponentOptions & TrustOptions): { processes: readonly ControlPlaneProcess[]; dial: (nodeName: string) => NodeConnection | undefined } {
  tuneEngine();
  const { rootCA, signToken, signCertificate } = options;
  const makeFleet = nodeFleet(options);
  let fleet: Fleet | undefined;
  const controllers: NamedComponent[] = [
    ...CONTROLLERS.map(([name, factory]): NamedComponent => ({ name, factory, user: controllerUser(name), program: MANAGER })),
    ...(rootCA === undefined ? [] : [{ name: 'root-ca-cert-publisher', factory: rootCACertPublisher(rootCA), user: controllerUser('root-ca-cert-publisher'), program: MANAGER }]),
    { name: 'csrsigning', factory: csrSigningController(signCertificate), user: controllerUser('csrsigning'), program: MANAGER },
    // Whoever makes the tokens of service accounts has none of his own.
    { name: 'serviceaccount-token-controller', factory: tokensController({ sign: signToken, ...(rootCA === undefined ? {} : { rootCA }) }), user: MANAGER_USER, program: MANAGER },
    { name: IP_ALLOCATOR_REPAIR, factory: ipAllocatorRepair, user: SERVER_USER, program: 'kube-apiserver' },
  ];
  const nodes: NamedComponent = { name: 'kubelet', factory: (context) => (fleet = makeFleet(context)), user: NODES_USER };
  return {
    processes: [
      { name: MANAGER, recorder: 'kube-controller-manager', user: MANAGER_USER, components: [...controllers, nodes] },
      { name: 'kube-scheduler', recorder: 'default-scheduler', user: SCHEDULER_USER, components: [{ name: 'default-scheduler', factory: scheduler, user: SCHEDULER_USER, program: 'kube-scheduler' }] },
    ],
    dial: (nodeName) => fleet?.dial(nodeName),
  };
}
