/** /mock/journal: the recorded requests and steps that concern an object (the `trace` command). */
import type { AuditQuery, FileAuditLog } from '../apiserver/audit-log.ts';
import type { ApiServer } from '../apiserver/server.ts';

/** Query parameters: group, resource, namespace, name, uid, and `after`, a position that an earlier answer gave. */
export function registerJournal(server: ApiServer, audit: FileAuditLog): void {
  server.registerPath('/mock/journal', (_method, path) => {
    const parameters = new URL(path, 'http://localhost').searchParams;
    const text = (name: string): Record<string, string> => (parameters.has(name) ? { [name]: parameters.get(name) ?? '' } : {});
    const query: AuditQuery = {
      ...text('group'), ...text('resource'), ...text('namespace'), ...text('name'), ...text('uid'),
      ...(parameters.has('after') ? { after: Number(parameters.get('after')) } : {}),
    };
    return Promise.resolve({ code: 200, contentType: 'application/json', body: JSON.stringify(audit.query(query)) });
  });
}
