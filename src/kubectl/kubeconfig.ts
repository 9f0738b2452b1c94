/**
 * What most commands need of a kubeconfig: the current context. Read line by line from the block YAML that we (and
 * kubectl) write; the YAML library would cost every command more than its own work.
 */
import { existsSync, readFileSync } from 'node:fs';

const scalar = (text: string): string => {
  const value = text.trim();
  if (value.startsWith('"')) return JSON.parse(value) as string;
  if (value.startsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  return value;
};

/** The named entry of a list ("contexts", "users"), as text. */
function entryOf(text: string, list: string, wanted: string): string | undefined {
  const section = new RegExp(`^${list}:[ \\t]*\\n((?:[ \\t-].*(?:\\n|$))*)`, 'm').exec(text)?.[1] ?? '';
  return section.split(/^[ \t]*- (?=\S)/m).find((entry) => {
    const name = /^(?: {2,4})?name:[ \t]*(.*)$/m.exec(entry)?.[1];
    return name !== undefined && scalar(name) === wanted;
  });
}

function fieldOf(entry: string, field: string): string | undefined {
  const value = new RegExp(`^[ \\t]+${field}:[ \\t]*(.*)$`, 'm').exec(entry)?.[1];
  return value === undefined ? undefined : scalar(value);
}

/** The namespace of the named (or else the current) context in a kubeconfig file; undefined where it names none. */
export function contextNamespace(file: string, context: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const entry = entryOf(text, 'contexts', context || currentContext(text));
  return (entry && fieldOf(entry, 'namespace')) || undefined;
}

const currentContext = (text: string): string => scalar(/^current-context:[ \t]*(.*)$/m.exec(text)?.[1] ?? '');

/** As the daemon writes them. */
const OWN_CLUSTER = 'kubernetes';
const OWN_USER = 'kubernetes-admin';
const OWN_USER_FIELDS = /^(?:name|user|client-certificate-data|client-key-data)$/;
const OWN_SERVER = /^https:\/\/127\.0\.0\.1:\d+$/;

/**
 * Whether a context of the home's own kubeconfig means this home's cluster and its administrator: then the socket leads
 * to the same place, as the same user. So does a file that is not there yet, or has no context.
 */
export function isOwnContext(file: string, context: string): boolean {
  if (!existsSync(file)) return context === '';
  const text = readFileSync(file, 'utf8');
  const wanted = context || currentContext(text);
  if (wanted === '') return true;
  const entry = entryOf(text, 'contexts', wanted);
  if (!entry || fieldOf(entry, 'cluster') !== OWN_CLUSTER || fieldOf(entry, 'user') !== OWN_USER) return false;
  const cluster = entryOf(text, 'clusters', OWN_CLUSTER);
  const user = entryOf(text, 'users', OWN_USER);
  if (!cluster || !user || !OWN_SERVER.test(fieldOf(cluster, 'server') ?? '')) return false;
  return [...user.matchAll(/^[ \t]*([\w-]+):/gm)].every(([, field = '']) => OWN_USER_FIELDS.test(field));
}
