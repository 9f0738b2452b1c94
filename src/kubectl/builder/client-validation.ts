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
import { kindFaults } from './decode.ts';
import type { Definitions, modelFaults } from './model-check.ts';

/** Answered by every server, to everybody. */
const PROBE = '/version';

/** --validate, where anything is to be validated. */
export type ValidationDirective = 'Strict' | 'Warn';

interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
}

export class ClientValidation {
  #documents: OpenApiDefinitions | undefined;
  /** Settled once it is known whether anybody answers; asked for while the first document is read. */
  readonly #unanswered: Promise<string | undefined>;

  constructor(
    private readonly ctx: CommandContext,
    private readonly directive: ValidationDirective,
  ) {
    this.#unanswered = this.#ask();
  }

  /** What is wrong with a document, as one text; undefined for nothing. `raw` gives its JSON, with fields that stand twice. */
  async fault(value: JsonValue, raw: () => string): Promise<string | undefined> {
    const faults = kindFaults(value);
    if (faults.length > 0) return aggregate(faults);
    const unanswered = await this.#unanswered;
    if (unanswered !== undefined) return unanswered;
    const document = value as unknown as Kind;
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
      const { transport } = await this.ctx.client();
      if (transport.remote) await transport.raw('GET', PROBE);
      return undefined;
    } catch (error) {
      return error instanceof ConnectionError ? `failed to download openapi: ${error.within.replace(`${PROBE}"`, '/openapi/v2?timeout=32s"')}` : undefined;
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
    this.#documents ??= new OpenApiDefinitions((await this.ctx.client()).transport, (await import('./model-check.ts')).modelFaults);
    return this.#documents.faults(value);
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

/** The server's models, read by group and version; from servers without OpenAPI v3 all at once. */
class OpenApiDefinitions {
  #paths: Promise<Readonly<Record<string, { readonly serverRelativeURL: string } | undefined>> | undefined> | undefined;
  readonly #read = new Map<string, Promise<Definitions>>();

  constructor(
    private readonly transport: Transport,
    private readonly check: typeof modelFaults,
  ) {}

  /** What is wrong with an object; nothing, where the server tells nothing of its kind. */
  async faults(value: JsonValue): Promise<readonly string[]> {
    const { apiVersion, kind } = value as unknown as Kind;
    const { group, version } = parseApiVersion(apiVersion);
    const definitions = await this.#definitions(group === '' ? `api/${version}` : `apis/${group}/${version}`);
    const model = Object.keys(definitions).sort().findLast((name) => definitions[name]?.['x-kubernetes-group-version-kind']?.some((each) => each.group === group && each.version === version && each.kind === kind));
    return model === undefined ? [] : this.check(value, kind, model, definitions);
  }

  async #definitions(path: string): Promise<Definitions> {
    this.#paths ??= this.#get('/openapi/v3').then((index) => (index as { readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>> } | undefined)?.paths);
    const paths = await this.#paths;
    const url = paths ? paths[path]?.serverRelativeURL : '/openapi/v2';
    if (url === undefined) return {};
    const reading = this.#read.get(url) ?? this.#get(url).then((document) => (document as Document | undefined)?.components?.schemas ?? (document as Document | undefined)?.definitions ?? {});
    this.#read.set(url, reading);
    return reading;
  }

  /** undefined where the server has no such path. */
  async #get(path: string): Promise<unknown> {
    const { code, body } = await this.transport.raw('GET', path);
    return code < 400 ? (JSON.parse(body) as unknown) : undefined;
  }
}
