/** Service accounts with their secrets (kubectl pkg/describe/describe.go: ServiceAccountDescriber). */
import { SECRETS, SERVICEACCOUNTS } from '../../api/kinds.ts';
import { writeEvents } from './events.ts';
import { writeIdentity } from './metadata.ts';
import type { Describe } from './reader.ts';
import { page } from './writer.ts';

const NAME_ANNOTATION = 'kubernetes.io/service-account.name';
const UID_ANNOTATION = 'kubernetes.io/service-account.uid';

export const describe: Describe = async (reader, namespace, name) => {
  const account = await reader.get(SERVICEACCOUNTS, namespace, name);
  const { metadata, imagePullSecrets = [], secrets: mounted = [] } = account;
  // Who may not see the secrets still sees their names, and not whether they exist.
  const secrets = await reader.list(SECRETS, namespace).catch(() => undefined);
  const existing = secrets && new Set(secrets.map((secret) => secret.metadata.name));
  const tokens = (secrets ?? []).filter(({ type, metadata: { annotations } }) => type === 'kubernetes.io/service-account-token' && annotations?.[NAME_ANNOTATION] === metadata.name && annotations[UID_ANNOTATION] === metadata.uid);
  const events = await reader.eventsOf(account, SERVICEACCOUNTS);
  return page(async (w) => {
    writeIdentity(w, metadata, true);
    const lists = [
      ['Image pull secrets:', imagePullSecrets.map((secret) => secret.name ?? '')],
      ['Mountable secrets: ', mounted.map((secret) => secret.name ?? '')],
      ['Tokens:            ', tokens.map((secret) => secret.metadata.name)],
    ] as const;
    for (const [title, names] of lists) {
      if (names.length === 0) w.row(0, title, '<none>');
      names.forEach((each, index) => w.row(0, index === 0 ? title : ' '.repeat(title.length), existing && !existing.has(each) ? `${each} (not found)` : each));
    }
    await writeEvents(w, events, reader);
  });
};
