/** ComponentStatuses: how the control plane is doing, asked when somebody wants to know. Follows kubernetes pkg/registry/core/componentstatus. */
import type { KubeObject } from '../api/object.ts';
import { StatusError } from '../api/status.ts';
import { filterOf } from './registry/filter.ts';
import type { RequestScope } from './registry/scope.ts';
import type { StoredObject } from './storage/stored-object.ts';

/** Whoever gets an answer has all of them in good health. */
const COMPONENTS = ['controller-manager', 'scheduler', 'etcd-0'];
const HEADER = { apiVersion: 'v1', kind: 'ComponentStatus' } as const;

const healthy = (name: string): KubeObject => ({ ...HEADER, metadata: { name, creationTimestamp: null as never }, conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }] }) as KubeObject;

export const isComponentStatus = ({ resource }: RequestScope): boolean => resource.group === '' && resource.plural === 'componentstatuses';

export function componentStatus({ name }: RequestScope): KubeObject {
  if (!COMPONENTS.includes(name)) throw new StatusError(500, '', `Component not found: ${name}`);
  return healthy(name);
}

export function componentStatuses(scope: RequestScope): KubeObject {
  const filter = filterOf(scope);
  return { ...HEADER, kind: 'ComponentStatusList', metadata: {}, items: COMPONENTS.map(healthy).filter((each) => filter.matches(each as StoredObject)) } as KubeObject;
}
