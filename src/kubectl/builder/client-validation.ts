/**
 * What kubectl checks of a document itself before it sends anything (kubectl pkg/validation/{schema,validation}.go). Fields are
 * the server's business (fieldValidation), except where no PATCH could take that parameter: of Lists, and of kinds that are
 * asked and not stored. Only then is the server's OpenAPI document read, and of that the parts that the objects belong to.
 */
import { isObject, type JsonValue } from '../../api/json.ts';
import { scanJson, type JsonNode } from '../../api/json-scan.ts';
import { parseApiVersion } from '../../api/resource.ts';
import { ConnectionError, type Transport } from '../../client/client.ts';
import type { CommandContext } from '../command.ts';
import { klogLine } from '../klog.ts';
import { documentPath } from '../shared/server-document.ts';
import { kindFaults } from './decode.ts';
import type { Definitions } from './model-check.ts';

/** Whoever follows kubectl's requests from this -v on sees the documents read that it checks with, which ours needs but seldom. */
const FOLLOWED = 6;

/** --validate, where anything is to be validated. */
export type ValidationDirective = 'Strict' | 'Warn';

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

export class ClientValidation {
  readonly #documents: OpenApiDefinitions;
  /** Settled once it is known whether anybody answers; asked for while the first document is read. */
  readonly #unanswered: Promise<string | undefined>;

  constructor(
    private readonly ctx: CommandContext,
    private readonly directive: ValidationDirective,
  ) {
    this.#documents = new OpenApiDefinitions(async () => (await ctx.client()).transport);
    this.#unanswered = this.#ask();
  }

  /** What is wrong with a document, as one text; undefined for nothing. `raw` gives its JSON, with fields that stand twice. */
  async fault(value: JsonValue, raw: () => string): Promise<string | undefined> {
    const faults = kindFaults(value);
    if (faults.length > 0) return aggregate(faults);
    const unanswered = await this.#unanswered;
    if (unanswered !== undefined) return unanswered;
    const document = value as unknown as Kind;
    if (this.#isFollowed) await this.#documents.of(parseApiVersion(document.apiVersion));
    if (await this.#serverValidates(document)) return undefined;
    if (this.directive === 'Warn') {
      this.ctx.streams.stderr.write(klogLine('W', 'schema.go:145', 'cannot perform warn validation if server-side field validation is unsupported, skipping validation'));
      return undefined;
    }
    return aggregate([...(isList(document) ? await this.#listFaults(value) : await this.#objectFaults(value)), ...doubleKeys(raw())]);
  }

  /** kubectl reads the models of each server that it sends something to; ours only finds out whether it could. */
  async #ask(): Promise<string | undefined> {
    try {
      if (this.#isFollowed || (await this.ctx.client()).transport.remote) await this.#documents.ask();
      return undefined;
    } catch (error) {
      return error instanceof ConnectionError ? `failed to download openapi: ${error.within}` : undefined;
    }
  }

  async #serverValidates(document: Kind): Promise<boolean> {
    if (isList(document)) return false;
    const resource = await (await this.ctx.mapper()).forKind(document.apiVersion, document.kind);
    return resource?.verbs.includes('patch') === true;
  }

  async #listFaults(list: JsonValue): Promise<readonly string[]> {
    const items = isObject(list) ? list['items'] : undefined;
    if (!Array.isArray(items)) return ['invalid object to validate'];
    const faults: string[] = [];
    for (const item of items as readonly JsonValue[]) faults.push(...(await this.#objectFaults(item)));
    return faults;
  }

  async #objectFaults(value: JsonValue): Promise<readonly string[]> {
    const faults = kindFaults(value);
    if (faults.length > 0) return faults;
    const { modelFaults } = await import('./model-check.ts');
    const { apiVersion, kind } = value as unknown as Kind;
    const { group, version } = parseApiVersion(apiVersion);
    const definitions = await this.#documents.of({ group, version });
    const model = Object.keys(definitions).sort().findLast((name) => definitions[name]?.['x-kubernetes-group-version-kind']?.some((each) => each.group === group && each.version === version && each.kind === kind));
    // Nothing, where the server tells nothing of the kind.
    return model === undefined ? [] : modelFaults(value, kind, model, definitions);
  }

  get #isFollowed(): boolean {
    return this.ctx.globals.values.v >= FOLLOWED;
  }
}

const isList = ({ apiVersion, kind }: Kind): boolean => apiVersion === 'v1' && kind === 'List';

/** Several faults as one text, each once (apimachinery util/errors: Aggregate). */
function aggregate(faults: readonly string[]): string | undefined {
  const texts = [...new Set(faults)];
  return texts.length > 1 ? `[${texts.join(', ')}]` : texts[0];
}

/** Labels and annotations that stand twice. */
function doubleKeys(raw: string): readonly string[] {
  const member = (node: JsonNode | undefined, name: string): JsonNode | undefined => (node?.type === 'object' ? node.members.find(([key]) => key === name)?.[1] : undefined);
  const metadata = member(scanJson(raw).node, 'metadata');
  return ['labels', 'annotations'].flatMap((field) => {
    const map = member(metadata, field);
    const keys = map?.type === 'object' ? map.members.map(([key]) => key) : [];
    const twice = keys.find((key, index) => keys.indexOf(key) < index);
    return twice === undefined ? [] : [`duplicate key: ${twice}`];
  });
}

interface Document {
  readonly components?: { readonly schemas?: Definitions };
  readonly definitions?: Definitions;
}

interface Index {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string } | undefined>>;
}

/** One document over all models, of servers without the others. */
const OLD = '/openapi/v2';

/** The server's models, read by group and version; from servers without OpenAPI v3 all at once. */
class OpenApiDefinitions {
  #index: Promise<Index | undefined> | undefined;
  readonly #read = new Map<string, Promise<Definitions>>();

  constructor(private readonly transport: () => Promise<Transport>) {}

  /** Throws a ConnectionError where nobody answers, about the question that kubectl asks last. */
  async ask(): Promise<void> {
    try {
      await this.#paths();
    } catch (error) {
      if (error instanceof ConnectionError) await this.#get(OLD);
      throw error;
    }
  }

  async of({ group, version }: { readonly group: string; readonly version: string }): Promise<Definitions> {
    const index = await this.#paths();
    const url = index ? index.paths[group === '' ? `api/${version}` : `apis/${group}/${version}`]?.serverRelativeURL : OLD;
    if (url === undefined) return {};
    const reading = this.#read.get(url) ?? this.#get(url).then((document) => (document as Document | undefined)?.components?.schemas ?? (document as Document | undefined)?.definitions ?? {});
    this.#read.set(url, reading);
    return reading;
  }

  #paths(): Promise<Index | undefined> {
    return (this.#index ??= this.#get('/openapi/v3') as Promise<Index | undefined>);
  }

  /** undefined where the server has no such path. */
  async #get(path: string): Promise<unknown> {
    const { code, body } = await (await this.transport()).raw('GET', documentPath(path));
    return code < 400 ? (JSON.parse(body) as unknown) : undefined;
  }
}
