/** /logs/: the folder /var/log of the node as Go's file server shows it, with the logs of its containers where a container runtime writes them. */
import type { Page } from '../../api/node-connection.ts';
import type { ContainerRecord } from '../cri/runtime.ts';
import type { Kubelet } from '../kubelet.ts';

/** A folder's entries by their names: folders, and files whose text is asked for when somebody looks. */
interface Folder {
  readonly [name: string]: Folder | (() => string);
}

const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000000Z`;

function varLog({ workers, runtime }: { readonly workers: Kubelet['workers']; readonly runtime: Kubelet['runtime'] }): Folder {
  const pods: Record<string, Folder> = {};
  const containers: Record<string, () => string> = {};
  for (const { pod, entries } of workers()) {
    const { namespace = '', name, uid } = pod.metadata;
    const folder: Record<string, Record<string, () => string>> = {};
    for (const { spec, container, previous, restartCount } of entries) {
      const files: Record<string, () => string> = {};
      const add = (record: ContainerRecord | undefined, attempt: number): void => {
        if (record && record.state !== 'created') files[`${attempt}.log`] = () => runtime.readLogs(record.id).map(({ atMs, stream, text }) => `${stamp(record.startedAtMs + atMs)} ${stream} F ${text}\n`).join('');
      };
      add(previous, restartCount - 1);
      add(container, restartCount);
      folder[spec.name] = files;
      if (container && container.state !== 'created') containers[`${name}_${namespace}_${spec.name}-${container.id}.log`] = files[`${restartCount}.log`] as () => string;
    }
    pods[`${namespace}_${name}_${uid}`] = folder;
  }
  return { containers, pods };
}

const page = (code: number, contentType: string, body: string): Page => ({ code, contentType, body });
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

/** @param path below /logs/; a folder's ends with a slash */
export function logFile(kubelet: Kubelet, path: string): Page {
  let found: Folder | (() => string) | undefined = varLog({ workers: () => kubelet.workers(), runtime: kubelet.runtime });
  for (const part of path.split('/').filter(Boolean)) found = typeof found === 'object' && Object.hasOwn(found, part) ? found[part] : undefined;
  if (found === undefined) return page(404, 'text/plain; charset=utf-8', '404 page not found\n');
  if (typeof found === 'function') return page(200, 'text/plain; charset=utf-8', found());
  const entries = Object.entries(found).map(([name, entry]) => (typeof entry === 'function' ? name : `${name}/`)).sort();
  const links = entries.map((name) => `<a href="${encodeURI(name)}">${escaped(name)}</a>\n`).join('');
  return page(200, 'text/html; charset=utf-8', `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links}</pre>\n`);
}
