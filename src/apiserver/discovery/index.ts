/** What the API server says of what it serves: /version and the discovery documents. */
import { builtinResources, type ResourceFacts } from '../../api/resource.ts';
import { splitUrl } from '../../api/rest.ts';
import { tagged, type Answer } from '../answer.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions, groupsOf, type GroupVersion } from './legacy.ts';
import { aggregatedCore, aggregatedGroups } from './aggregated.ts';
import { VERSION } from './version.ts';

export { VERSION } from './version.ts';

/** What registering needs of the API server. */
export interface PathRegistry {
  registerPath(prefix: string, handler: (method: string, path: string, body?: unknown, accept?: string) => Promise<Answer>): void;
}

const json = (value: unknown, contentType = 'application/json'): Answer => ({ code: 200, contentType, body: `${JSON.stringify(value)}\n` });

/** A bare 404, as upstream's mux answers; kubectl makes "the server could not find the requested resource" of it. */
const unknownPath = (): Answer => ({ code: 404, contentType: 'text/plain; charset=utf-8', body: '404 page not found\n' });

/** Registers the paths. `resources` is asked on every request, so that custom resources come and go. */
export function registerDiscovery(server: PathRegistry, resources: () => Promise<readonly ResourceFacts[]> = () => Promise.resolve(builtinResources()), remote: () => Promise<readonly GroupVersion[]> = () => Promise.resolve([])): void {
  const register = (prefix: string, answer: (path: string, accept: string) => Answer | Promise<Answer>) => {
    server.registerPath(prefix, async (method, url, _, accept = '') => {
      const { path } = splitUrl(url);
      if (method !== 'GET') return { code: 405, contentType: 'text/plain; charset=utf-8', body: '405: Method Not Allowed' };
      return answer(path.length > 1 ? path.replace(/\/$/, '') : path, accept);
    });
  };
  register('/version', (path) => (path === '/version' ? { code: 200, contentType: 'application/json', body: JSON.stringify(VERSION, null, 2) } : unknownPath()));
  register('/api', (path, accept) => {
    if (path === '/api') return aggregatedAnswer(accept, () => aggregatedCore(builtinResources())) ?? json(apiVersions());
    return listAnswer(builtinResources(), '', path.slice('/api/'.length));
  });
  register('/apis', async (path, accept) => {
    const [served, others] = await Promise.all([resources(), remote()]);
    if (path === '/apis') return aggregatedAnswer(accept, () => aggregatedGroups(served, others)) ?? json(apiGroupList([...served, ...others]));
    const [group = '', version, ...rest] = path.slice('/apis/'.length).split('/');
    if (rest.length > 0) return unknownPath();
    if (version !== undefined && others.some((each) => each.group === group && each.version === version)) return { code: 503, contentType: 'text/plain; charset=utf-8', body: 'service unavailable\n' };
    if (version !== undefined) return listAnswer(served, group, version);
    const found = groupsOf([...served, ...others]).find((each) => each.name === group && group !== '');
    return found ? json(apiGroup(found)) : unknownPath();
  });
}

function listAnswer(resources: readonly ResourceFacts[], group: string, version: string): Answer {
  const list = resources.filter((resource) => resource.group === group && resource.version === version);
  return list.length === 0 ? unknownPath() : json(apiResourceList(list));
}

/** All in one document, for clients that take it (apiserver pkg/endpoints/discovery/aggregated/wrapper.go). */
function aggregatedAnswer(accept: string, items: () => readonly object[]): Answer | undefined {
  const version = /application\/json;g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/.exec(accept)?.[1];
  if (version === undefined) return undefined;
  const answer = tagged(json({ kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items: items() }, `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`));
  return { ...answer, headers: { ...answer.headers, Vary: 'Accept', 'Cache-Control': 'public' } };
}
