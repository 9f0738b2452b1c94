/** Kubernetes REST over a daemon's socket, as little of it as the benchmarks need. */
import http, { request } from 'node:http';

/** @returns {Promise<any>} the answer's object; throws for errors */
export function call(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers: { 'Content-Type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part));
      response.once('end', () => (response.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(`${method} ${path}: ${response.statusCode} ${text.slice(0, 200)}`))));
    });
    outgoing.once('error', reject);
    outgoing.end(body && JSON.stringify(body));
  });
}

/** Watches until an object is as wanted. */
export function watchUntil(socketPath, path, wanted) {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path }, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (part) => {
        const lines = (rest + part).split('\n');
        rest = lines.pop() ?? '';
        if (lines.some((line) => line !== '' && wanted(JSON.parse(line).object))) {
          outgoing.destroy();
          resolve(undefined);
        }
      });
    });
    outgoing.once('error', reject);
    outgoing.end();
  });
}

export const deployment = (name, replicas) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default', labels: { app: name } },
  spec: { replicas, selector: { matchLabels: { app: name } }, template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'nginx', image: 'nginx' }] } } },
});

/** Creates a Deployment and resolves with ms when all its pods are ready. */
export async function deploy(socketPath, name, replicas) {
  const path = '/apis/apps/v1/namespaces/default/deployments';
  const start = performance.now();
  const ready = watchUntil(socketPath, `${path}?watch=true&fieldSelector=metadata.name%3D${name}`, ({ status }) => status?.readyReplicas === replicas);
  await call(socketPath, 'POST', path, deployment(name, replicas));
  await ready;
  return performance.now() - start;
}

/** A pod that no scheduler takes: the server alone is measured. */
export const pod = (name, namespace) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { app: 'web' } }, spec: { schedulerName: 'nobody', containers: [{ name: 'nginx', image: 'nginx' }] } });
export const podsOf = (namespace) => `/api/v1/namespaces/${namespace}/pods`;

/** Sends requests over so many connections that stay open. */
export function client({ request, Agent }, options, connections = 1) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const send = (method, path, { body, accept = 'application/json', onText } = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = request({ ...options, agent: onText ? false : agent, method, path, headers: { Accept: accept, 'Content-Type': 'application/json' } }, (response) => {
        if (onText) {
          response.setEncoding('utf8').on('data', onText);
          return resolve(outgoing);
        }
        let bytes = 0;
        response.on('data', (part) => (bytes += part.length));
        return response.once('end', () => (response.statusCode < 300 ? resolve(bytes) : reject(new Error(`${method} ${path}: ${response.statusCode}`))));
      });
      outgoing.once('error', reject);
      outgoing.end(body && JSON.stringify(body));
    });
  return { send, close: () => agent.destroy() };
}

export const overSocket = (home, connections) => client(http, { socketPath: home.socket }, connections);

/** Creates so many pods, some at a time; returns how many a second. */
export async function createPods({ send }, namespace, count, atOnce) {
  let next = 0;
  const start = performance.now();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (next < count) await send('POST', podsOf(namespace), { body: pod(`pod-${next++}`, namespace) });
  }));
  return (count / (performance.now() - start)) * 1000;
}
