/**
 * What differs from kind to kind in how the API server handles objects; everything else is the same for all kinds.
 * Follows apiserver pkg/registry/rest/{create,update,delete}.go and the strategies in kubernetes pkg/registry/<group>/<kind>.
 *
 * The per-kind strategies are found through `strategyFor(resource)` in src/apiserver/strategies/index.ts; a kind
 * without one gets the generic behaviour of src/apiserver/registry/generic-strategy.ts for each missing method.
 */
import type { Draft } from '../api/json.ts';
import type { KubeObject } from '../api/object.ts';
import type { RequestOptions, UserInfo } from '../api/request.ts';
import type { ResourceFacts } from '../api/resource.ts';
import type { FieldError } from './validation/field.ts';

/** What a strategy may know about the request beside the object. */
export interface StrategyContext {
  readonly resource: ResourceFacts;
  /** Cluster time of the request, ms since the epoch. */
  readonly nowMs: number;
  readonly user: UserInfo;
  readonly subresource?: string;
  /** A text for the Warning header that is known before the object is complete. */
  readonly warn: (text: string) => void;
}

/** What deletion does with dependents when the request doesn't say (rest.GarbageCollectionDeleteStrategy). */
export type DefaultPropagation = 'Background' | 'Orphan' | 'Unsupported';

/** All methods are optional. Drafts are writable; `old` and objects under validation are stored values and must not be changed. */
export interface Strategy<T extends KubeObject = KubeObject> {
  /** v1 defaults (pkg/apis/<group>/<version>/defaults.go). Run on every object that comes in, on create, update and patch; must be idempotent. */
  applyDefaults?(object: Draft<T>): void;

  /** Clears what clients may not set (status) and sets what only the server sets. metadata.generation 1 is set before it for kinds with a spec. */
  prepareForCreate?(object: Draft<T>, context: StrategyContext): void;
  /** Keeps what the main resource may not change (status). metadata.generation is raised after it when anything but metadata and status differs. */
  prepareForUpdate?(object: Draft<T>, old: T, context: StrategyContext): void;
  /** As prepareForUpdate, for the status subresource. The generic part has already put old's everything-but-status (and metadata) back. */
  prepareForStatusUpdate?(object: Draft<T>, old: T, context: StrategyContext): void;

  /** Faults of a new object, beside those of metadata (checked for all kinds). */
  validate?(object: T): readonly FieldError[];
  /** Faults of a change, including those of the new object by itself. */
  validateUpdate?(object: T, old: T): readonly FieldError[];
  validateStatusUpdate?(object: T, old: T): readonly FieldError[];
  /** Texts for the Warning header on create, and on update when `old` is given. */
  warnings?(object: T, old?: T): readonly string[];

  /** How metadata.name is checked: the faults' texts without the path (apimachinery NameIsDNSSubdomain …). Default: DNS subdomain. `prefix` for generateName. */
  validateName?(name: string, prefix: boolean): readonly string[];

  /** A new object without name and generateName is called by a UUID. Default: it is refused. */
  readonly namesNameless?: boolean;

  /**
   * Graceful deletion: the grace period in seconds that applies; undefined for kinds that are deleted at once. Pods: the
   * request's or spec.terminationGracePeriodSeconds; 0 for pods without a node and for those that have terminated.
   */
  gracePeriodSeconds?(object: T, options: RequestOptions): number | undefined;
  /** Whether the kind leaves by graceful deletion at all. */
  readonly graceful?: boolean;

  /** Whether an object whose last finalizer an update takes off may go (ShouldDeleteDuringUpdate); left out: it goes. */
  mayGo?(object: T): boolean;
  /** Values for field selectors beside metadata.name and metadata.namespace, e.g. spec.nodeName and status.phase for pods. Every selectable field must be there, '' when unset. */
  selectableFields?(object: T): Record<string, string>;
  /** What a field of a selector is called in `selectableFields`, where older clients call it something else. */
  fieldAlias?(this: void, field: string): string;
  /** The message for a field that is not in `selectableFields`, where it is the kind's own. */
  unknownField?(field: string): string;

  /** PUT to a name that doesn't exist creates it. Default false. */
  readonly allowCreateOnUpdate?: boolean;
  /** PUT without resourceVersion overwrites. Default true. */
  readonly allowUnconditionalUpdate?: boolean;
  /** Default: Background. */
  readonly defaultPropagation?: DefaultPropagation;
  /** Whether metadata.generation is kept (kinds with a spec that controllers observe). Default: the kind has a status subresource. */
  readonly keepsGeneration?: boolean;
}
