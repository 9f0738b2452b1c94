/** What one request is about, worked out once and handed from station to station. */
import type { Draft } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiRequest, RequestOptions, UserInfo } from '../../api/request.ts';
import type { ResourceFacts } from '../../api/resource.ts';
import type { Clock } from '../../simulation/clock.ts';
import type { Log } from '../../simulation/log.ts';
import type { CustomVersion } from '../customresources/version.ts';
import { newReinvocation, type AdmissionChain, type Attributes, type Operation } from '../admission/plugin.ts';
import type { StationOutcome } from '../audit.ts';
import type { TokenSigner } from '../authentication/service-account-keys.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { Storages } from '../storage/storages.ts';
import type { Strategy, StrategyContext } from '../strategy.ts';
import type { Identities } from './identities.ts';
import type { Conversion } from './conversion.ts';

/** What the registry needs of the server around it. */
export interface Registry {
  readonly storages: Storages;
  readonly admission: AdmissionChain;
  readonly identities: Identities;
  readonly clock: Clock;
  readonly log: Log;
  /** Signs service account tokens; loaded when the first is asked for. */
  readonly tokenSigner: () => Promise<TokenSigner>;
}

export interface RequestScope {
  readonly registry: Registry;
  readonly request: ApiRequest;
  readonly options: RequestOptions;
  /** As asked for: the version of the answer. */
  readonly resource: ResourceFacts;
  /** Of the version in which objects are stored; undefined where that is the one asked for. */
  readonly conversion: Conversion | undefined;
  readonly storage: ObjectStorage;
  readonly strategy: Strategy;
  /** Set for custom resources. */
  readonly custom?: CustomVersion;
  /** '' for cluster scope and for all namespaces. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly user: UserInfo;
  readonly nowMs: number;
  /** Texts for the Warning header. */
  readonly warnings: string[];
  /** What each station did, for the audit log. */
  readonly stations: StationOutcome[];
}

const warner =
  ({ warnings }: RequestScope) =>
  (text: string): void => {
    if (!warnings.includes(text)) warnings.push(text);
  };

export function strategyContext(scope: RequestScope): StrategyContext {
  return { resource: scope.storage.resource, nowMs: scope.nowMs, user: scope.user, warn: warner(scope), ...(scope.subresource ? { subresource: scope.subresource } : {}) };
}

export function attributesOf(scope: RequestScope, operation: Operation, object: Draft<KubeObject> | undefined, old: StoredObject | undefined): Attributes {
  return {
    operation, object, old,
    resource: scope.storage.resource,
    requested: scope.resource,
    verb: scope.request.verb,
    subresource: scope.subresource,
    namespace: scope.namespace,
    name: scope.name,
    options: scope.options,
    user: scope.user,
    nowMs: scope.nowMs,
    warn: warner(scope),
    annotate: (key, value) => void scope.stations.push({ station: `audit annotation ${key}`, outcome: value }),
    note: (station, outcome) => void scope.stations.push({ station, outcome }),
    reinvocation: newReinvocation(),
  };
}
