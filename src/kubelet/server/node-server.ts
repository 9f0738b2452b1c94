/** What a node's kubelet answers to the API server (kubernetes pkg/kubelet/server/server.go). */
import type { NodeConnection } from '../../api/node-connection.ts';
import { notFound, StatusError } from '../../api/status.ts';
import type { Kubelet } from '../kubelet.ts';
import { streamLogs } from '../logs.ts';
import type { PodWorker } from '../pod-worker.ts';
import { attach } from '../streaming/attach.ts';
import { exec } from '../streaming/exec.ts';
import { pageOf } from '../streaming/page.ts';
import { portForward } from '../streaming/port-forward.ts';
import { refusalOf } from '../streaming/target.ts';
import { kubeletPage } from './pages.ts';

export function nodeServer(kubelet: Kubelet): NodeConnection {
  const workerOf = ({ uid, pod }: { readonly uid: string; readonly pod: string }, path: string): PodWorker => {
    if (!kubelet.running) throw new StatusError(500, '', `Get "https://${kubelet.hostIp}:10250${path}": dial tcp ${kubelet.hostIp}:10250: connect: no route to host`);
    const worker = kubelet.worker(uid);
    if (!worker) throw notFound({ group: '', plural: 'pods' }, pod);
    return worker;
  };
  return {
    containerLogs: async (request, onText, signal) => streamLogs(workerOf(request, `/containerLogs/${request.namespace}/${request.pod}/${request.container}`), request, onText, signal),
    refusal: (request) => {
      const worker = kubelet.running ? kubelet.worker(request.uid) : undefined;
      return worker && refusalOf(worker, request.container);
    },
    exec: async (request, streams, signal) => exec(workerOf(request, `/exec/${request.namespace}/${request.pod}/${request.container}`), request, streams, signal),
    attach: async (request, streams, signal) => attach(workerOf(request, `/attach/${request.namespace}/${request.pod}/${request.container}`), request, streams, signal),
    portForward: async (request, connection) => portForward(workerOf(request, `/portForward/${request.namespace}/${request.pod}`), request, connection),
    serve: (request) => (kubelet.running ? kubeletPage(kubelet, request) : Promise.resolve('unreachable')),
    // Pods are reached by their network, not through the kubelet: a node that is down answers nothing.
    page: ({ uid, port, path }) => {
      const worker = kubelet.running ? kubelet.worker(uid) : undefined;
      return Promise.resolve(worker?.sandboxId === undefined ? 'refused' : pageOf(worker.host, worker.sandboxId, port, path));
    },
  };
}
