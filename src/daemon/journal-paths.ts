/** /mock/journal: the recorded requests and steps about an object and all that came of it (the `trace` command). */
import type { ApiServer } from '../apiserver/server.ts';
import type { FileAuditLog } from '../apiserver/audit-log.ts';

export function registerJournal(server: ApiServer, audit: FileAuditLog): void {
  server.registerPath('/mock/journal', (_method, path) => {
    const query = new URL(path, 'http://localhost').searchParams;
    const after = Number(query.get('after') ?? 0);
    const entries = audit.read(after);
    return Promise.resolve({ code: 200, contentType: 'application/json', body: JSON.stringify(entries) });
  });
}
