/** /mock/journal: the recorded requests and steps that concern an object (the `trace` command). */
import { splitUrl } from '../api/rest.ts';
import type { AuditQuery, FileAuditLog } from '../apiserver/audit-log.ts';
import type { ApiServer } from '../apiserver/server.ts';

/**
 * Query parameters: group, resource, namespace, name, uid; `family` for what the object owns as well; `after`, a position
 * that an earlier answer gave; `wait` to be answered only when there is something to tell.
 *
 * @param live whether anything can be recorded while a question waits; a command that has the home for itself answers at once
 */
export function registerJournal(server: ApiServer, audit: FileAuditLog, live: boolean): void {
  server.registerPath('/mock/journal', async (_method, url) => {
    const { query: parameters } = splitUrl(url);
    const text = (name: string): Record<string, string> => (parameters.has(name) ? { [name]: parameters.get(name) ?? '' } : {});
    const query: AuditQuery = {
      ...text('group'), ...text('resource'), ...text('namespace'), ...text('name'), ...text('uid'),
      family: parameters.has('family'),
      ...(parameters.has('after') ? { after: Number(parameters.get('after')) } : {}),
    };
    let page = audit.query(query);
    while (live && parameters.has('wait') && page.records.length === 0) {
      await audit.changed();
      page = audit.query({ ...query, after: page.next });
    }
    return { code: 200, contentType: 'application/json', body: JSON.stringify(page) };
  });
}
