/** Plugins outside of this process: they read resources as YAML, and write others (kustomize api/internal/plugins/utils). */
import { toJson } from '../../api/go-json.ts';
import { toYaml } from '../printers/yaml.ts';
import { withoutEmpty } from './decode.ts';
import { KustomizeError } from './errors.ts';
import type { Generator, Transformer } from './plugin.ts';
import { readResources } from './read-resources.ts';
import { sameId } from './resid.ts';
import { isFields, type Behavior, type Resource } from './resource.ts';
import type { ResourceList } from './resource-list.ts';

const ID = 'kustomize.config.k8s.io/id';
const NEEDS_HASH = 'kustomize.config.k8s.io/needs-hash';
const BEHAVIOR = 'kustomize.config.k8s.io/behavior';

/** `name` is the plugin's in errors; `run` gives it documents and gives back what it writes. */
export function externalPlugin(name: string, run: (input: string) => string): Generator & Transformer {
  return {
    generate: () => readResources(run('')).map(withOptions),
    transform: (list) => takeBack(list, readResources(failing(() => run(list.resources.map(withId).join('---\n')))), name),
  };
}

/** Behind what went wrong comes what was written, which is nothing. */
function failing(run: () => string): string {
  try {
    return run();
  } catch (error) {
    throw error instanceof KustomizeError ? new KustomizeError(`${error.message} `) : error;
  }
}

/** What a plugin says of a resource that it makes, in annotations. */
function withOptions(resource: Resource): Resource {
  const { [NEEDS_HASH]: hash, [BEHAVIOR]: behavior = '', ...others } = resource.stringMap('annotations');
  if (hash !== undefined && !/^(?:1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(hash)) throw new KustomizeError(`the annotation "${NEEDS_HASH}" contains an invalid value ("${hash}")`);
  resource.setStringMap('annotations', others);
  resource.needsHash = hash !== undefined && /^[1tT]/.test(hash);
  resource.behavior = ['create', 'replace', 'merge'].includes(behavior) ? (behavior as Behavior) : 'unspecified';
  return resource;
}

/** A resource as a plugin reads it: with its id, by which it is known again. */
function withId(resource: Resource): string {
  const { fields, metadata = {}, id: { group, version, kind, name, namespace } } = resource;
  const annotations = isFields(metadata['annotations']) ? metadata['annotations'] : {};
  const id = toYaml(withoutEmpty({ group, kind, name, namespace, version }));
  return toYaml({ ...fields, metadata: { ...metadata, annotations: { ...annotations, ...resource.notes(), [ID]: id } } });
}

/** The list as a plugin has left it (plugins/utils.UpdateResMapValues). */
function takeBack(list: ResourceList, answered: readonly Resource[], name: string): void {
  const seen: Resource[] = [];
  for (const resource of answered) {
    const { [ID]: _, ...others } = resource.stringMap('annotations');
    resource.setStringMap('annotations', others);
    const { id } = resource;
    if (seen.some((other) => sameId(other.id, id))) throw new KustomizeError(`plugin ${name} generated duplicate resource: ${toJson(withoutEmpty({ group: id.group, version: id.version, kind: id.kind, name: id.name, namespace: id.namespace }), 'given', '')}`);
    seen.push(resource);
    const old = list.resources.find((other) => sameId(other.id, id));
    if (old) old.withNotes(() => (old.fields = resource.fields));
    else list.append(resource);
  }
  list.resources = list.resources.filter(({ id }) => seen.some((other) => sameId(other.id, id)));
}
