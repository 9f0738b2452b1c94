/** A resource on its way through kustomize, and what is remembered of it beside its fields (kustomize api/resource). */
import { toJson } from '../../api/go-json.ts';
import type { JsonValue } from '../../api/json.ts';
import { effectiveNamespace, gvkOf, type Gvk, type ResId } from './resid.ts';

/** A JSON object that may be changed. */
export interface Fields {
  [key: string]: JsonValue | Fields | Fields[] | undefined;
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

export type Behavior = 'unspecified' | 'create' | 'replace' | 'merge';

const NOTE = 'internal.config.kubernetes.io/';

export class Resource {
  /** Ids that it had before, the oldest first. */
  previous: ResId[] = [];
  prefixes: string[] = [];
  suffixes: string[] = [];
  behavior: Behavior = 'unspecified';
  /** Its name is to end in a hash of its content. */
  needsHash = false;
  allowNameChange = false;
  allowKindChange = false;
  /** Vars that read from it. */
  readonly variables: string[] = [];

  constructor(public fields: Fields) {}

  get apiVersion(): string {
    return text(this.fields['apiVersion']);
  }
  get kind(): string {
    return text(this.fields['kind']);
  }
  get name(): string {
    return text(this.metadata?.['name']);
  }
  set name(name: string) {
    this.#metadata()['name'] = name;
  }
  get namespace(): string {
    return text(this.metadata?.['namespace']);
  }
  set namespace(namespace: string) {
    if (namespace !== '') this.#metadata()['namespace'] = namespace;
    else if (this.metadata) delete this.metadata['namespace'];
  }
  /** kustomize has annotations of its own while it works; where it takes them away again, an empty map goes, too, and all that stays is text. */
  tidyAnnotations(): void {
    const { metadata } = this;
    const annotations = metadata?.['annotations'];
    if (!metadata || !isFields(annotations)) return;
    if (Object.keys(annotations).length === 0) delete metadata['annotations'];
    else metadata['annotations'] = Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, typeof value === 'number' || typeof value === 'boolean' ? String(value) : value]));
  }
  get metadata(): Fields | undefined {
    const { metadata } = this.fields;
    return isFields(metadata) ? metadata : undefined;
  }

  get gvk(): Gvk {
    return gvkOf(this.apiVersion, this.kind);
  }
  get id(): ResId {
    return { ...this.gvk, name: this.name, namespace: this.namespace };
  }
  get originalId(): ResId {
    return this.previous[0] ?? this.id;
  }
  /** All ids that it has or had. */
  get ids(): readonly ResId[] {
    return [...this.previous, this.id];
  }

  /** Before its name, namespace or kind changes. */
  rememberId(): void {
    const { id } = this;
    this.previous.push({ ...id, namespace: effectiveNamespace(id) });
  }

  /**
   * What is remembered of it, as kustomize does: in annotations, which JSON patches and errors see (kustomize
   * api/internal/utils/annotations.go).
   */
  notes(): Readonly<Record<string, string>> {
    const { previous } = this;
    const lists: Readonly<Record<string, readonly string[]>> = {
      previousKinds: previous.map(({ kind = '' }) => kind), previousNames: previous.map(({ name = '' }) => name), previousNamespaces: previous.map(({ namespace = '' }) => namespace),
      prefixes: this.prefixes, suffixes: this.suffixes, needsHashSuffix: this.needsHash ? ['enabled'] : [],
    };
    return Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0).map(([key, list]) => [`${NOTE}${key}`, list.join(',')]));
  }

  /** Runs what sees the notes among the annotations. Who takes them away makes it a resource that nothing is known of. */
  withNotes(change: () => void): void {
    const notes = this.notes();
    if (Object.keys(notes).length > 0) {
      const { annotations } = this.#metadata();
      this.#metadata()['annotations'] = { ...(isFields(annotations) ? annotations : {}), ...notes };
    }
    change();
    const left = this.metadata?.['annotations'] as Fields | undefined;
    const gone = (key: string): boolean => !isFields(left) || !Object.hasOwn(left, NOTE + key);
    if (gone('previousNames')) this.previous = [];
    if (gone('prefixes')) this.prefixes = [];
    if (gone('suffixes')) this.suffixes = [];
    if (gone('needsHashSuffix')) this.needsHash = false;
    if (!isFields(left)) return;
    for (const key of Object.keys(notes)) delete left[key];
    this.tidyAnnotations();
  }

  /** The whole resource as JSON, with what is remembered of it. */
  wholeText(): string {
    const { fields, metadata } = this;
    const annotations = { ...this.stringMap('annotations'), ...this.notes() };
    return toJson({ ...fields, metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) } }, 'sorted', '');
  }

  stringMap(name: 'labels' | 'annotations'): Readonly<Record<string, string>> {
    const map = this.metadata?.[name];
    return isFields(map) ? Object.fromEntries(Object.entries(map).map(([key, value]) => [key, text(value as JsonValue)])) : {};
  }

  setStringMap(name: 'labels' | 'annotations', map: Readonly<Record<string, string>>): void {
    if (Object.keys(map).length > 0) this.#metadata()[name] = { ...map };
    else if (this.metadata) delete this.metadata[name];
  }

  copy(): Resource {
    const copy = new Resource(structuredClone(this.fields));
    copy.previous = [...this.previous];
    copy.prefixes = [...this.prefixes];
    copy.suffixes = [...this.suffixes];
    copy.behavior = this.behavior;
    copy.needsHash = this.needsHash;
    copy.allowNameChange = this.allowNameChange;
    copy.allowKindChange = this.allowKindChange;
    copy.variables.push(...this.variables);
    return copy;
  }

  #metadata(): Fields {
    const { metadata } = this;
    if (metadata) return metadata;
    return (this.fields['metadata'] = {}) as Fields;
  }
}

/** A scalar as text. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
