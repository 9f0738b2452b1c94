/**
 * What -v=6 and more tell of the requests that a command makes (client-go transport/round_trippers.go: DebugWrappers,
 * rest/request.go: truncateBody), where the server is in this process as well.
 */
import { STATUS_CODES } from 'node:http';
import type { ApiRequest } from '../api/request.ts';
import { goQuote } from '../api/quote.ts';
import { toRest, type RestRequest } from '../api/rest.ts';
import { StatusError } from '../api/status.ts';
import { ConnectionError, rawText, type Transport } from '../client/client.ts';
import type { Headers } from '../client/transports/http1.ts';
import type { WireAnswer, WireLog, WireRequest } from '../client/transports/wire-log.ts';
import { MultipleErrors } from './errors.ts';
import { klogLine } from './klog.ts';

/** From these levels on a request's line, its headers, its bodies and it as a curl command are told. */
const LINE = 6;
const HEADERS = 7;
const BODIES = 8;
const CURL = 9;
/** How much of a body is told at a level, characters; all of it from 10 on. */
const BODY_LIMITS: Readonly<Record<number, number>> = { 8: 1024, 9: 10240 };

/** The lines that kubectl's helpers log bodies from (cli-runtime pkg/resource/helper.go, v0.33). */
const BODY_SOURCES: Readonly<Record<string, string>> = { GET: 'helper.go:105', POST: 'helper.go:246', PUT: 'helper.go:319', PATCH: 'helper.go:269', DELETE: 'helper.go:202' };

export class RequestLog implements WireLog {
  /**
   * @param level -v
   * @param local what stands before the paths of a server on this machine that has no address of its own
   * @param now of this machine, ms
   */
  constructor(
    private readonly write: (line: string) => void,
    private readonly level: number,
    private readonly local: () => string,
    private readonly now: () => number = Date.now,
  ) {}

  request({ method, origin, path, headers, body = '', upgrade = false }: WireRequest): WireAnswer {
    const { level } = this;
    const url = `${origin ?? this.local()}${path}`;
    const source = BODY_SOURCES[method] ?? 'request.go:1349';
    const startMs = this.now();
    if (level >= BODIES && !upgrade) this.#line(source, ['Request Body', ['body', truncated(body, level)]]);
    if (level >= CURL) this.#line('round_trippers.go:527', ['Request', ['curlCommand', curl(method, url, headers)]]);
    else if (level >= HEADERS) this.#line('round_trippers.go:527', ['Request', ['verb', method], ['url', url], ['headers', headerText(Object.entries(masked(headers)))]]);
    const response = (status: string, received: string): void => {
      this.#line('round_trippers.go:632', [
        'Response',
        ...(level === LINE || level >= CURL ? ([['verb', method], ['url', url]] as const) : []),
        ['status', status],
        ...(level >= BODIES ? ([['headers', received]] as const) : []),
        ['milliseconds', this.now() - startMs],
      ]);
    };
    return {
      head: (status, received) => response(`${status} ${STATUS_CODES[status] ?? ''}`, headerText([...received].flatMap(([name, values]) => values.map((value): [string, string] => [canonical(name), value])))),
      body: (text) => {
        if (level >= BODIES) this.#line(source, ['Response Body', ['body', truncated(text, level)]]);
      },
      failed: () => response('', ''),
    };
  }

  #line(source: string, [message, ...values]: readonly [string, ...(readonly [string, string | number])[]]): void {
    this.write(klogLine('I', source, `${goQuote(message)}${values.map(([key, value]) => ` ${key}=${klogValue(value)}`).join('')}`));
  }
}

/** klog's text form: several lines stand indented between < and >. */
function klogValue(value: string | number): string {
  if (typeof value === 'number') return String(value);
  if (!value.includes('\n')) return goQuote(value);
  return `<\n${value.replace(/\n$/, '').split('\n').map((line) => `\t${line}\n`).join('')} >`;
}

function truncated(body: string, level: number): string {
  const limit = BODY_LIMITS[level] ?? Infinity;
  return body.length <= limit ? body : `${body.slice(0, limit)} [truncated ${body.length - limit} chars]`;
}

const headerText = (entries: readonly (readonly [string, string | readonly string[]])[]): string =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, values]) => [values].flat().map((value) => `${name}: ${value}\n`)).join('');

/** net/textproto's form of a header's name. */
const canonical = (name: string): string => name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

/** Tokens are nobody's business; what a command tells of itself is not a part of the request. */
const masked = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('Kubectl-')).map(([name, value]) => [name, name === 'Authorization' ? String(value).replace(/ .*/, ' <masked>') : value]));

function curl(method: string, url: string, headers: Headers): string {
  const flags = Object.entries(masked(headers)).sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, values]) => [values].flat().map((value) => ` -H ${goQuote(`${name}: ${value}`)}`));
  return `curl -v -X${method} ${flags.join('')} '${url}'\n`;
}

/** What -v=4 and more tell of errors of the server and the connection (kubectl pkg/cmd/util/helpers.go: StandardErrorMessage). */
export function errorLines(error: unknown): string {
  if (error instanceof MultipleErrors) return error.errors.map(errorLines).join('');
  if (error instanceof ConnectionError) return klogLine('I', 'helpers.go:264', `Connection error: ${error.within.replaceAll('"', '')}`);
  if (!(error instanceof StatusError)) return '';
  const { kind, apiVersion, metadata, ...rest } = error.status;
  return klogLine('I', 'helpers.go:246', `server response object: %s[${JSON.stringify({ kind, apiVersion, metadata: metadata ?? {}, ...rest }, undefined, 2)}]`);
}

/** The switches of Kubernetes' client, of which -v=1 and more tell (client-go features/envvar.go). */
const GATES: Readonly<Record<string, boolean>> = { ClientsAllowCBOR: false, ClientsPreferCBOR: false, InOrderInformers: true, InformerResourceVersion: false, WatchListClient: false };

/** What is told before the first request. @param file the kubeconfig, where there is one */
export function openingLines(level: number, file: string | undefined): string {
  const gates = Object.entries(GATES).map(([name, enabled]) => klogLine('I', 'envvar.go:172', `"Feature gate default state" feature=${goQuote(name)} enabled=${enabled}`));
  return [...(level >= LINE && file !== undefined ? [klogLine('I', 'loader.go:402', `Config loaded from file:  ${file}`)] : []), ...gates].join('');
}

/** The server in this process, whose requests are told as if they went over a wire. */
export function loggedTransport(transport: Transport, log: WireLog): Transport {
  const ask = (rest: RestRequest, userAgent: string | undefined): WireAnswer =>
    log.request({ ...rest, headers: { Accept: rest.accept, ...(rest.contentType ? { 'Content-Type': rest.contentType } : {}), ...(userAgent ? { 'User-Agent': userAgent } : {}) } });
  /** @param body what the answer's would be; undefined where it is taken as it comes */
  const told = async <Result>(answer: WireAnswer, send: () => Promise<Result>, read: (result: Result) => { readonly code: number; readonly type: string; readonly body?: string }): Promise<Result> => {
    const hear = (code: number, type: string, body?: string): void => {
      answer.head(code, new Map([['content-type', [type]]]));
      if (body !== undefined) answer.body(body);
    };
    try {
      const result = await send();
      const { code, type, body } = read(result);
      hear(code, type, body);
      return result;
    } catch (error) {
      if (error instanceof StatusError) hear(error.code, JSON_TYPE, `${JSON.stringify(error.status)}\n`);
      throw error;
    }
  };
  const streaming = (request: ApiRequest) => ask(toRest(request), request.userAgent);
  return {
    request: (request) => told(ask(toRest(request), request.userAgent), () => transport.request(request), ({ code, object }) => ({ code, type: JSON_TYPE, body: `${JSON.stringify(object)}\n` })),
    watch: (request, onEvent) => told(ask(toRest({ ...request, verb: 'watch' }), request.userAgent), () => transport.watch(request, onEvent), () => ({ code: 200, type: JSON_TYPE })),
    raw: (method, path, body, accept = 'application/json, */*') => told(ask({ method, path, accept, ...(body === undefined ? {} : { body: rawText(body) }) }, undefined), () => transport.raw(method, path, body, accept), ({ code, contentType, body: text }) => ({ code, type: contentType, body: text })),
    stream: (request, onText, signal) => told(streaming(request), () => transport.stream(request, onText, signal), () => ({ code: 200, type: 'text/plain' })),
    connect: (request) => told(streaming(request), () => transport.connect(request), () => ({ code: 101, type: JSON_TYPE })),
    ...(transport.serverTime ? { serverTime: () => (transport.serverTime as NonNullable<Transport['serverTime']>)() } : {}),
    ...(transport.reach ? { reach: () => (transport.reach as NonNullable<Transport['reach']>)() } : {}),
    get virtualTime() {
      return transport.virtualTime;
    },
  };
}

const JSON_TYPE = 'application/json';
