/**
 * API Priority and Fairness for requests from outside this process: which FlowSchema and priority level a request has, a
 * seat of that level for as long as it is in work, a wait in its flow's line, or the refusal. Follows apiserver
 * pkg/server/filters/priority-and-fairness.go and pkg/util/flowcontrol/apf_controller.go.
 */
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/generated/types.ts';
import type { Stored } from '../../api/object.ts';
import type { ObjectStorage } from '../storage/object-storage.ts';
import { flowOf, inOrder, matches, type FlowRequest } from './classify.ts';
import { PriorityLevel } from './level.ts';

export interface FlowControlOptions {
  readonly schemas: ObjectStorage;
  readonly levels: ObjectStorage;
  /** kube-apiserver --max-requests-inflight and --max-mutating-requests-inflight: together they are shared out to the levels. */
  readonly concurrency: number;
}

/** What a request was found to be: answers say it in their headers. */
export interface Classified {
  readonly schemaUid: string;
  readonly levelUid: string;
}

/** A request may go on once `seat` resolves, and calls what that gives when it is done. */
export interface Admission {
  readonly classified: Classified | undefined;
  /** 'refused': too many requests. */
  readonly seat: (() => void) | Promise<() => void> | 'refused';
  /** Leaves the line. */
  readonly giveUp?: () => void;
}

interface Flow extends Classified {
  readonly level: PriorityLevel | undefined;
  readonly flow: string;
}

const CATCH_ALL = 'catch-all';
/** Kinds of requests that are remembered. */
const REMEMBERED = 4096;

const nothing = (): void => undefined;

export class FlowControl {
  #schemas: readonly Stored<FlowSchema>[] = [];
  readonly #levels = new Map<string, { readonly uid: string; readonly level: PriorityLevel | undefined }>();
  readonly #known = new Map<string, Flow | undefined>();
  #following: Promise<void> | undefined;
  #ready = false;

  constructor(private readonly options: FlowControlOptions) {}

  /** At once where the objects are known, which they are after the first request. */
  admit(request: FlowRequest): Admission | Promise<Admission> {
    return this.#ready ? this.#admit(request) : (this.#following ??= this.#follow()).then(() => this.#admit(request));
  }

  #admit(request: FlowRequest): Admission {
    const found = this.#flowOf(request);
    if (!found?.level) return { classified: found, seat: nothing };
    const { level, flow } = found;
    const leave = () => level.leave();
    if (level.enter()) return { classified: found, seat: leave };
    let seated: () => void = nothing;
    const seat = new Promise<() => void>((resolve) => (seated = () => resolve(leave)));
    const giveUp = level.wait(flow, seated);
    return giveUp ? { classified: found, seat, giveUp } : { classified: found, seat: 'refused' };
  }

  /** Most requests are like one before. */
  #flowOf(request: FlowRequest): Flow | undefined {
    const { user, verb, group = '', resource = '', subresource = '', namespace = '', path } = request;
    const key = `${user.username}\n${user.groups.join('\n')}\n${verb} ${path ?? ` ${group}/${resource}/${subresource}/${namespace}`}`;
    const known = this.#known.get(key);
    if (known) return known;
    const found = this.#classify(request);
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(key, found);
    return found;
  }

  #classify(request: FlowRequest): Flow | undefined {
    const schema = this.#schemas.find((each) => matches(each, request)) ?? this.#schemas.find(({ metadata }) => metadata.name === CATCH_ALL);
    const level = schema && this.#levels.get(schema.spec?.priorityLevelConfiguration.name ?? '');
    return schema && level && { schemaUid: schema.metadata.uid, levelUid: level.uid, level: level.level, flow: flowOf(schema, request) };
  }

  async #follow(): Promise<void> {
    const [schemas, levels] = await Promise.all([this.options.schemas.cache(), this.options.levels.cache()]);
    const read = (): void => {
      this.#known.clear();
      this.#share(levels.list() as unknown as readonly Stored<PriorityLevelConfiguration>[]);
      // A schema that leads to no level is none.
      this.#schemas = inOrder(schemas.list() as unknown as readonly Stored<FlowSchema>[]).filter(({ spec }) => this.#levels.has(spec?.priorityLevelConfiguration.name ?? ''));
    };
    const lost = (): void => {
      this.#ready = false;
      this.#following = undefined;
    };
    read();
    schemas.subscribe({}, read, lost);
    levels.subscribe({}, read, lost);
    this.#ready = true;
  }

  /** Each level gets its shares of the server's seats; those that are exempt count none. */
  #share(configurations: readonly Stored<PriorityLevelConfiguration>[]): void {
    const sharesOf = ({ spec }: PriorityLevelConfiguration): number => (spec?.type === 'Exempt' ? (spec.exempt?.nominalConcurrencyShares ?? 0) : (spec?.limited?.nominalConcurrencyShares ?? 30));
    const total = configurations.reduce((sum, each) => sum + sharesOf(each), 0);
    const names = new Set(configurations.map(({ metadata }) => metadata.name));
    for (const name of this.#levels.keys()) if (!names.has(name)) this.#levels.delete(name);
    for (const configuration of configurations) {
      const { metadata: { name, uid }, spec } = configuration;
      const level = spec?.type === 'Exempt' ? undefined : (this.#levels.get(name)?.level ?? new PriorityLevel());
      const { queuing } = spec?.limited?.limitResponse ?? {};
      level?.limit(Math.max(1, Math.ceil((this.options.concurrency * sharesOf(configuration)) / total)), queuing ? (queuing.handSize ?? 8) * (queuing.queueLengthLimit ?? 50) : 0);
      this.#levels.set(name, { uid, level });
    }
  }
}
