/** The resources that have been gathered, in the order in which they came (kustomize api/resmap/reswrangler.go). */
import { parseSelector } from '../../api/labels.ts';
import { KustomizeError } from './errors.ts';
import { keepOrigin } from './origin.ts';
import { gvkText, idText, isClusterScoped, sameId, type ResId } from './resid.ts';
import { type Resource, isFields, text } from './resource.ts';

/** A selector of patches and replacements: regular expressions over the whole field, and label selectors. */
export interface Selector extends ResId {
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

export class ResourceList {
  constructor(public resources: Resource[] = []) {}

  append(resource: Resource): void {
    if (this.resources.some((other) => sameId(other.id, resource.id))) throw new KustomizeError(`may not add resource with an already registered id: ${idText(resource.id)}`);
    this.resources.push(resource);
  }

  appendAll(resources: Iterable<Resource>): void {
    for (const resource of resources) this.append(resource);
  }

  matchingAnyId(matches: (id: ResId) => boolean): Resource[] {
    return this.resources.filter((resource) => resource.ids.some(matches));
  }

  /** The one resource that has or had an id. */
  byId(id: ResId): Resource {
    const found = this.matchingAnyId((other) => sameId(id, other));
    if (found.length === 1) return found[0] as Resource;
    throw new KustomizeError(`${found.length > 1 ? 'multiple matches' : 'no matches'} for Id ${idText(id)}; failed to find unique target for patch ${idText(id)}`);
  }

  /** Takes in what a generator made: new, in the place of another, or merged with it. */
  absorb(resource: Resource): void {
    const { id } = resource;
    const found = this.matchingAnyId((other) => sameId(id, other));
    if (found.length > 1) throw new KustomizeError(`found multiple objects ${found.map(({ id: other }) => idText(other)).join(' ')} that could accept merge of ${idText(id)}`);
    const [old] = found;
    if (!old) {
      if (resource.behavior === 'merge' || resource.behavior === 'replace') throw new KustomizeError(`id ${goIdText(id)} does not exist; cannot merge or replace`);
      this.append(resource);
      return;
    }
    if (resource.behavior !== 'merge' && resource.behavior !== 'replace') throw new KustomizeError(`id ${goIdText(id)} exists; behavior must be merge or replace`);
    takeOver(resource, old);
    this.resources[this.resources.indexOf(old)] = resource;
  }

  /** Without what a patch has left empty. */
  dropEmpty(): void {
    this.resources = this.resources.filter(({ fields }) => Object.keys(fields).length > 0);
  }

  select(selector: Selector): Resource[] {
    const wanted = { group: pattern(selector.group), version: pattern(selector.version), kind: pattern(selector.kind), name: pattern(selector.name), namespace: pattern(selector.namespace) };
    const labels = selector.labelSelector ? readSelector(selector.labelSelector) : undefined;
    const annotations = selector.annotationSelector ? readSelector(selector.annotationSelector) : undefined;
    return this.resources.filter((resource) => {
      const { id, originalId } = resource;
      const either = (expression: RegExp | undefined, of: (id: ResId) => string) => !expression || expression.test(of(originalId)) || expression.test(of(id));
      const { group = '', version = '', kind = '' } = resource.gvk;
      return either(wanted.namespace, namespaceOf) && either(wanted.name, ({ name = '' }) => name)
        && (!wanted.group || wanted.group.test(group)) && (!wanted.version || wanted.version.test(version)) && (!wanted.kind || wanted.kind.test(kind))
        && (!labels || labels.matches(resource.stringMap('labels'))) && (!annotations || annotations.matches(resource.stringMap('annotations')));
    });
  }
}

function namespaceOf(id: ResId): string {
  return isClusterScoped(id) ? '_non_namespaceable_' : id.namespace || 'default';
}

function pattern(source: string | undefined): RegExp | undefined {
  if (!source) return undefined;
  const whole = `^(?:${source})$`;
  try {
    return new RegExp(whole, 'u');
  } catch (error) {
    throw new KustomizeError(`error parsing regexp: ${regexpFault((error as Error).message, whole)}`);
  }
}

/** Go's words for what most often is wrong with an expression. */
function regexpFault(message: string, whole: string): string {
  if (message.includes('Unterminated character class')) return `missing closing ]: \`${whole.slice(whole.lastIndexOf('['))}\``;
  if (message.includes('Nothing to repeat')) return `missing argument to repetition operator: \`${/(?:^|[(|])([*+?])/.exec(whole.slice(4))?.[1] ?? '*'}\``;
  return `missing closing ): \`${whole}\``;
}

/** What a generated resource inherits from the one whose place it takes (Resource.CopyMergeMetaDataFieldsFrom). */
function takeOver(resource: Resource, old: Resource): void {
  resource.setStringMap('labels', { ...old.stringMap('labels'), ...resource.stringMap('labels') });
  resource.setStringMap('annotations', { ...old.stringMap('annotations'), ...resource.stringMap('annotations') });
  resource.name = old.name;
  resource.namespace = old.namespace;
  resource.previous = [...old.previous];
  resource.prefixes = [...old.prefixes];
  resource.suffixes = [...old.suffixes];
  resource.needsHash &&= old.needsHash;
  if (resource.behavior !== 'merge') return;
  for (const field of ['data', 'binaryData'] as const) {
    const merged = { ...stringsOf(old.fields[field]), ...stringsOf(resource.fields[field]) };
    if (Object.keys(merged).length > 0) resource.fields[field] = merged;
  }
  resource.behavior = old.behavior;
  keepOrigin(resource, old);
}

function stringsOf(value: unknown): Record<string, string> {
  return isFields(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, text(each)])) : {};
}

/** An id as Go's %#v shows it. */
function goIdText({ group = '', version = '', kind = '', name = '', namespace = '' }: ResId): string {
  return `resid.ResId{Gvk:resid.Gvk{Group:"${group}", Version:"${version}", Kind:"${kind}", isClusterScoped:${isClusterScoped({ group, version, kind })}}, Name:"${name}", Namespace:"${namespace}"}`;
}

export { gvkText };

/** A selector by kustomize's own copy of the parser, which words one fault as it was once worded. */
function readSelector(text: string): ReturnType<typeof parseSelector> {
  try {
    return parseSelector(text);
  } catch (error) {
    throw new KustomizeError((error as Error).message.replace(/expected: in, notin, .*$/, "expected: '=', '!=', '==', 'in', notin'"));
  }
}
