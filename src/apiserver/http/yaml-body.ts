/** Bodies as YAML, the form of server-side apply. Follows sigs.k8s.io/yaml: keys that stand twice are no fault until somebody asks. */
import { scanJson } from '../../api/json-scan.ts';

export interface YamlBody {
  readonly value: unknown;
  /** Keys that stand twice, as go-yaml tells of them. */
  readonly duplicates?: string;
}

/** Throws with the parser's message where the text is no YAML. Most such bodies are JSON, which is read as that. */
export async function parseYamlBody(text: string): Promise<YamlBody> {
  if (text.startsWith('{')) {
    try {
      const value: unknown = JSON.parse(text);
      if (!scanJson(text).duplicates) return { value };
    } catch {
      // It may be YAML that begins like JSON.
    }
  }
  const { isMap, isScalar, LineCounter, parseDocument, visit } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: false, lineCounter });
  const [fault] = document.errors;
  if (fault) throw new Error(fault.message.split('\n')[0]);
  const repeated: string[] = [];
  visit(document, {
    Map(_, node) {
      const seen = new Set<unknown>();
      for (const { key } of node.items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) repeated.push(`  line ${lineCounter.linePos(key.range?.[0] ?? 0).line}: key ${JSON.stringify(key.value)} already set in map`);
        seen.add(key.value);
      }
    },
  });
  const value = document.toJS() as unknown;
  return { value: isMap(document.contents) || value !== null ? value : undefined, ...(repeated.length > 0 ? { duplicates: `yaml: unmarshal errors:\n${repeated.join('\n')}` } : {}) };
}
