/** The API server in the same process: requests are handed over as they are, objects are shared. */
import type { Connection } from '../../api/node-connection.ts';
import type { ApiRequest, ApiResponse, WatchEvent, WatchHandle } from '../../api/request.ts';
import { isProxied, parseDeleteOptions, parseRest } from '../../api/rest.ts';
import { StatusError } from '../../api/status.ts';
import type { RawResponse, Transport } from '../client.ts';

/** What the transport needs of an API server. */
export interface RequestHandler {
  handle(request: ApiRequest): Promise<ApiResponse>;
  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle>;
  raw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, caller?: { readonly accept?: string | undefined }): Promise<RawResponse>;
  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void>;
  connect(request: ApiRequest): Promise<Connection>;
  proxy(request: ApiRequest): Promise<RawResponse & { readonly headers?: Readonly<Record<string, string>> }>;
}

export class InProcessTransport implements Transport {
  constructor(private readonly server: RequestHandler) {}

  request(request: ApiRequest): Promise<ApiResponse> {
    return this.server.handle(request);
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle> {
    return this.server.watch(request, onEvent);
  }

  /** Paths of the resource API are answered as over HTTP: the object as JSON, an error as its Status. */
  async raw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, accept?: string): Promise<RawResponse> {
    const { asksPretty, wireForm, wireText } = await import('../../api/wire-form.ts');
    const answered = (code: number, value: object): RawResponse => ({ code, contentType: 'application/json', body: wireText(value, asksPretty(path)) });
    try {
      const target = parseRest(method, path);
      if (!target || target.stream || target.verb === 'watch') return await this.server.raw(method, path, body, { accept });
      const { stream: _, options, ...request } = target;
      if (isProxied(target)) {
        const answer = await this.server.proxy({ ...request, options });
        const location = answer.headers?.['Location'];
        // Only the proxy itself sends readers on, to the path with a slash.
        return answer.code === 301 && location !== undefined && method === 'GET' ? await this.raw('GET', location) : answer;
      }
      const { code, object } = await this.server.handle({ ...request, options: method === 'DELETE' && body !== undefined ? parseDeleteOptions(body, options) : options, ...(body === undefined || method === 'DELETE' ? {} : typeof body === 'string' ? { rawBody: body } : { body }) });
      return answered(code, wireForm(object));
    } catch (error) {
      if (error instanceof StatusError) return answered(error.code, error.status);
      throw error;
    }
  }

  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
    return this.server.stream(request, onText, signal);
  }

  connect(request: ApiRequest): Promise<Connection> {
    return this.server.connect(request);
  }
}
