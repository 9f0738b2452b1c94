/** Definitions for tests, and requests for their resources. */
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../../../src/api/generated/types.ts';
import { CUSTOMRESOURCEDEFINITIONS } from '../../../src/api/kinds.ts';
import type { KubeObject, Stored } from '../../../src/api/object.ts';
import type { ApiRequest } from '../../../src/api/request.ts';
import type { ComponentFactory } from '../../../src/client/component.ts';
import { ComponentManager } from '../../../src/daemon/component-manager.ts';
import type { Journal, Log } from '../../../src/simulation/log.ts';
import { seededRandom } from '../../../src/simulation/random.ts';
import type { ApiCluster } from '../support/api-cluster.ts';

export const GROUP = 'stable.example.com';

/** The CronTab of the Kubernetes documentation. */
export const CRON_TAB_SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
        image: { type: 'string' },
        replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, labelSelector: { type: 'string' } } },
  },
} as const;

export const version = (name: string, more: Partial<CustomResourceDefinitionVersion> = {}): CustomResourceDefinitionVersion => ({
  name, served: true, storage: true, schema: { openAPIV3Schema: CRON_TAB_SCHEMA }, ...more,
});

export function cronTabs(spec: Partial<CustomResourceDefinition['spec']> = {}): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `${spec.names?.plural ?? 'crontabs'}.${spec.group ?? GROUP}` },
    spec: { group: GROUP, scope: 'Namespaced', names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', shortNames: ['ct'] }, versions: [version('v1')], ...spec },
  };
}

export interface CronTab extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

export const cronTab = (name: string, spec: Readonly<Record<string, unknown>> = {}, more: object = {}): CronTab => ({ apiVersion: `${GROUP}/v1`, kind: 'CronTab', metadata: { name }, spec, ...more });

export const define = (cluster: ApiCluster, definition: CustomResourceDefinition): Promise<Stored<CustomResourceDefinition>> => cluster.of(CUSTOMRESOURCEDEFINITIONS).create(definition);

/** A request for crontabs in the default namespace. */
export async function ask(cluster: ApiCluster, request: Partial<ApiRequest> & Pick<ApiRequest, 'verb'>): Promise<CronTab> {
  const { object } = await cluster.request({ group: GROUP, version: 'v1', resource: 'crontabs', namespace: 'default', ...request });
  return object as CronTab;
}

/** Controllers over the server, as the daemon runs them; `settle` lets them come to rest. */
export async function withControllers(cluster: ApiCluster, factories: readonly (readonly [name: string, factory: ComponentFactory])[]): Promise<{ settle(): Promise<void>; stop(): Promise<void> }> {
  const manager = new ComponentManager({
    transport: cluster.client.transport, clock: cluster.clock, random: seededRandom('controllers'), log: silent,
    journal: { note: () => undefined } as unknown as Journal,
  });
  await manager.start(factories.map(([name, factory]) => ({ name, factory, user: { username: `system:serviceaccount:kube-system:${name}`, groups: ['system:masters'] } })));
  return { settle: async () => void (await cluster.clock.converge(120_000)), stop: () => manager.stop() };
}

const silent: Log = { info: () => undefined, error: (message) => void silentErrors.push(message), named: () => silent };
export const silentErrors: string[] = [];
