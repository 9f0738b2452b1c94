/**
 * A stand-in API server with canned answers, reachable by the real kubectl (HTTP) and by ours (a transport). Both get
 * the same bytes, so any difference in what they print is a difference between the two programs.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toRest } from '../../src/api/rest.ts';
import { apiVersionOf, builtinResources } from '../../src/api/resource.ts';
import { StatusError, type StatusObject } from '../../src/api/status.ts';
import type { KubeObject } from '../../src/api/object.ts';
import type { Transport } from '../../src/client/client.ts';
import { checkPathSegments } from '../../src/kubectl/client-config/path-segments.ts';

export interface Answer {
  readonly status?: number;
  readonly body: unknown;
  readonly warnings?: readonly string[];
}

/** Gives the answer for a path with its query; `table` tells that a Table was asked for. Undefined: 404. */
export type Routes = (path: string, table: boolean, method: string, body: string) => Answer | undefined;

const SCALED = new Set(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

function discovery(path: string, more: readonly string[]): unknown {
  const versions = [...new Set([...builtinResources().map(apiVersionOf), ...more])];
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') {
    const groups = new Map<string, string[]>();
    for (const version of versions.filter((each) => each.includes('/'))) {
      const [group = '', name = ''] = version.split('/');
      groups.set(group, [...(groups.get(group) ?? []), name]);
    }
    const entries = [...groups].map(([name, each]) => ({ name, versions: each.map((version) => ({ groupVersion: `${name}/${version}`, version })), preferredVersion: { groupVersion: `${name}/${each[0]}`, version: each[0] } }));
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: entries };
  }
  const version = /^\/apis?\/(.+)$/.exec(path)?.[1] ?? '';
  if (!versions.includes(version)) return undefined;
  return {
    kind: 'APIResourceList', apiVersion: 'v1', groupVersion: version,
    resources: builtinResources().filter((resource) => apiVersionOf(resource) === version).flatMap((resource) => [
      { name: resource.plural, singularName: resource.singular, namespaced: resource.namespaced, kind: resource.kind, verbs: resource.verbs, shortNames: resource.shortNames, categories: resource.categories },
      ...(SCALED.has(resource.kind) ? [{ name: `${resource.plural}/scale`, singularName: '', namespaced: true, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] }] : []),
    ]),
  };
}

const NOT_FOUND = (path: string): Answer => {
  const match = /\/([a-z]+)\/([^/?]+)(?:\?|$)/.exec(path);
  const group = /^\/apis\/([^/]+)/.exec(path)?.[1];
  const kind = match?.[1] ?? '';
  const message = `${kind}${group ? `.${group}` : ''} "${match?.[2]}" not found`;
  return { status: 404, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'NotFound', details: { name: match?.[2], ...(group ? { group } : {}), kind }, code: 404 } };
};

export class CannedServer {
  readonly requests: string[] = [];
  #server: Server | undefined;

  /** @param more groups and versions that are served beside the built-in ones */
  constructor(private readonly routes: Routes, private readonly more: readonly string[] = []) {}

  async listen(): Promise<string> {
    this.#server = createServer((request, response) => {
      const url = request.url ?? '';
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const answer = this.#answer(url, (request.headers.accept ?? '').includes('as=Table'), request.method ?? 'GET', body);
        for (const warning of answer.warnings ?? []) response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`);
        response.writeHead(answer.status ?? 200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  #answer(url: string, table: boolean, method: string, body: string): Answer {
    const found = discovery(url.replace(/\?.*/, ''), this.more);
    if (found !== undefined) return { body: found };
    this.requests.push(`${method} ${url}`);
    return this.routes(url, table, method, body) ?? NOT_FOUND(url);
  }

  /** The same answers without a network. */
  transport(): Transport {
    return {
      request: async (request) => {
        checkPathSegments(request);
        const rest = toRest(request);
        const answer = this.#answer(rest.path, rest.accept.includes('as=Table'), rest.method, rest.body ?? '');
        if ((answer.status ?? 200) >= 400) throw StatusError.from(answer.body as StatusObject);
        return { code: 200, object: answer.body as KubeObject, ...(answer.warnings ? { warnings: answer.warnings } : {}) };
      },
      raw: (method, path) => {
        const answer = this.#answer(path, false, method, '');
        return Promise.resolve({ code: answer.status ?? 200, contentType: 'application/json', body: JSON.stringify(answer.body) });
      },
      watch: () => Promise.reject(new Error('no watches here')),
      stream: () => Promise.reject(new Error('no streams here')),
      connect: () => Promise.reject(new Error('no connections here')),
    };
  }
}
