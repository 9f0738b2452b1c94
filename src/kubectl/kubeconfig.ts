/**
 * The one thing that most commands need of a kubeconfig: the current context's namespace. Read line by line from the
 * block YAML that we (and kubectl) write; the YAML library would cost every command more than its own work.
 */
import { existsSync, readFileSync } from 'node:fs';

const scalar = (text: string): string => {
  const value = text.trim();
  if (value.startsWith('"')) return JSON.parse(value) as string;
  if (value.startsWith("'")) return value.slice(1, -1).replaceAll("''", "'");
  return value;
};

/** The namespace of the named (or else the current) context in a kubeconfig file; undefined where it names none. */
export function contextNamespace(file: string, context: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  const wanted = context || scalar(/^current-context:[ \t]*(.*)$/m.exec(text)?.[1] ?? '');
  const section = /^contexts:[ \t]*\n((?:[ \t-].*(?:\n|$))*)/m.exec(text)?.[1] ?? '';
  for (const entry of section.split(/^[ \t]*- (?=\S)/m)) {
    const name = /^(?: {2})?name:[ \t]*(.*)$/m.exec(entry)?.[1];
    if (name !== undefined && scalar(name) === wanted) {
      const namespace = /^[ \t]+namespace:[ \t]*(.*)$/m.exec(entry)?.[1];
      return namespace === undefined ? undefined : scalar(namespace) || undefined;
    }
  }
  return undefined;
}
