/** The status subresource: only status (and metadata) changes, the spec stays as it is. */
import type { Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { incomingChange, type Compose } from '../registry/incoming.ts';
import { updateObject } from '../registry/update.ts';
import { readObject } from '../registry/read.ts';
import type { SubresourceHandler } from './subresource.ts';

type WithStatus = { status?: unknown };

const statusOnly: Compose = (incoming, current) => {
  const object = { ...current, metadata: incoming.metadata } as Draft<KubeObject> & WithStatus;
  const { status } = incoming as WithStatus;
  if (status === undefined) delete object.status;
  else object.status = status;
  return object;
};

export const statusSubresource: SubresourceHandler = async (scope) => {
  if (scope.request.verb === 'get') return { code: 200, object: await readObject(scope) };
  const { revise, options } = incomingChange(scope, statusOnly);
  const { object } = await updateObject(scope, revise, { ...options, part: 'status' });
  return { code: 200, object };
};
