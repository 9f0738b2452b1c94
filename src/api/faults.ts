/** Faults that users inject are state, and so live on objects. */

/** On a Node: "down" means that it has no power. Set by `fault node`, obeyed by the node's kubelet. */
export const FAULT_ANNOTATION = 'mock-kubectl.io/fault';
