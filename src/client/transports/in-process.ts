/** The API server in the same process: requests are handed over as they are, objects are shared. */
import type { ApiRequest, ApiResponse, WatchEvent, WatchHandle } from '../../api/request.ts';
import type { RawResponse, Transport } from '../client.ts';

/** What the transport needs of an API server. */
export interface RequestHandler {
  handle(request: ApiRequest): Promise<ApiResponse>;
  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle>;
  raw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<RawResponse>;
  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void>;
}

export class InProcessTransport implements Transport {
  constructor(private readonly server: RequestHandler) {}

  request(request: ApiRequest): Promise<ApiResponse> {
    return this.server.handle(request);
  }

  watch(request: ApiRequest, onEvent: (event: WatchEvent) => void): Promise<WatchHandle> {
    return this.server.watch(request, onEvent);
  }

  raw(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<RawResponse> {
    return this.server.raw(method, path, body);
  }

  stream(request: ApiRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void> {
    return this.server.stream(request, onText, signal);
  }
}
