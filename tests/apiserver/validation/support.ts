import type { FieldError } from '../../../src/apiserver/validation/field.ts';
import type { Strategy, StrategyContext } from '../../../src/apiserver/strategy.ts';
import { strategyFor } from '../../../src/apiserver/strategies/index.ts';
import { resourceForKind } from '../../../src/api/resource.ts';
import { draft, freeze, type Draft } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/object.ts';

export const UID = '11111111-2222-3333-4444-555555555555';
export const NOW = Date.UTC(2025, 0, 2, 3, 4, 5);

const context = (resource: StrategyContext['resource'], warn: StrategyContext['warn'] = () => undefined): StrategyContext => ({ resource, nowMs: NOW, user: { username: 'me', groups: [] }, warn });

/** Faults as a user reads them. */
export const texts = (errors: readonly FieldError[] | undefined): string[] => (errors ?? []).map((error) => `${error.field}: ${error.message}`);

function setUp(object: object): { strategy: Strategy; resource: NonNullable<ReturnType<typeof resourceForKind>> } {
  const { apiVersion, kind } = object as KubeObject;
  const resource = resourceForKind(apiVersion ?? '', kind ?? '');
  if (!resource) throw new Error(`no kind ${apiVersion} ${kind}`);
  return { strategy: strategyFor(resource), resource };
}

/** The object as the API server would store it. */
export function created<T>(object: object, warn?: StrategyContext['warn']): T {
  const { strategy, resource } = setUp(object);
  const fresh = draft(object) as Draft<KubeObject>;
  strategy.applyDefaults?.(fresh);
  fresh.metadata = { ...fresh.metadata, uid: UID };
  strategy.prepareForCreate?.(fresh, context(resource, warn));
  return freeze(fresh) as unknown as T;
}

/** Faults of creating an object. */
export function faults(object: object): string[] {
  return texts(setUp(object).strategy.validate?.(created<KubeObject>(object)));
}

/** The object after a change, and the change's faults. */
export function updated<T extends object>(old: T, change: (object: Draft<T>) => void): { object: T; faults: string[]; warnings: readonly string[] } {
  const { strategy, resource } = setUp(old);
  const object = draft(old);
  change(object);
  const fresh = object as unknown as Draft<KubeObject>;
  strategy.applyDefaults?.(fresh);
  strategy.prepareForUpdate?.(fresh, old as KubeObject, context(resource));
  freeze(object);
  return { object: object as unknown as T, faults: texts(strategy.validateUpdate?.(fresh, old as KubeObject)), warnings: strategy.warnings?.(fresh, old as KubeObject) ?? [] };
}

/** Faults of a status that a controller writes. */
export function statusFaults<T extends object>(old: T, status: object): string[] {
  const { strategy } = setUp(old);
  return texts(strategy.validateStatusUpdate?.(freeze({ ...old, status }) as unknown as KubeObject, old as KubeObject));
}

export function warningsOf(object: object): readonly string[] {
  const early: string[] = [];
  const stored = created<KubeObject>(object, (text) => void early.push(text));
  return [...early, ...(setUp(object).strategy.warnings?.(stored) ?? [])];
}

export const pod = (spec: object, meta: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default', ...meta },
  spec: { containers: [{ name: 'app', image: 'nginx' }], ...spec },
});

export const deployment = (spec: object = {}, meta: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default', ...meta },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'nginx:1' }] } }, ...spec },
});
