/** One value for fields of many resources, or one part more in the paths that they hold (kustomize ValueAddTransformer, api/filters/valueadd). */
import { basename, join } from 'node:path';
import { plainScalar } from '../../builder/yaml-reader.ts';
import { decodeYaml } from '../decode.ts';
import { KustomizeError } from '../errors.ts';
import { setScalar, splitPath, wrongKind } from '../field-spec.ts';
import type { PluginContext, Transformer } from '../plugin.ts';
import { isFields, text, type Fields, type Resource } from '../resource.ts';
import type { Selector } from '../resource-list.ts';
import { setNamespace } from './names.ts';
import { find, NEW_SCALAR } from './replacements.ts';

interface Target {
  readonly selector?: Selector;
  readonly fieldPath?: string;
  /** The value becomes this part of a path, counted from 1; 0: it takes the place of what is there. */
  readonly filePathPosition?: number;
}

export interface ValueAddConfig {
  readonly value?: string;
  readonly targets?: readonly Target[];
  readonly targetFilePath?: string;
}

export function valueAddTransformer({ value = '', targets = [], targetFilePath = '' }: ValueAddConfig, { loader }: PluginContext): Transformer {
  const added = value.trim() || basename(loader.root);
  const all = targetFilePath === '' ? targets : [...targets, ...(decodeYaml<ValueAddConfig>('struct { Targets []builtins.Target }', loader.load(targetFilePath).toString('utf8')).targets ?? [])];
  if (all.length === 0) throw new KustomizeError('must specify at least one target');
  for (const { fieldPath, filePathPosition = 0 } of all) {
    if (!fieldPath) throw new KustomizeError('fieldPath cannot be empty');
    if (filePathPosition < 0) throw new KustomizeError(`value of FilePathPosition (${filePathPosition}) cannot be negative`);
  }
  return {
    transform(list) {
      for (const target of all) for (const resource of target.selector ? list.select(target.selector) : list.resources) addValue(resource, added, target);
    },
  };
}

function addValue(resource: Resource, value: string, { fieldPath = '', filePathPosition = 0 }: Target): void {
  if (fieldPath === 'metadata/namespace') return setNamespace(resource, value);
  const path = splitPath(fieldPath);
  checkWay(resource.fields, path);
  for (const slot of find({ value: resource.fields, set: () => undefined }, path, NEW_SCALAR)) {
    const before = slot.value === NEW_SCALAR ? '' : text(slot.value);
    const added = filePathPosition > 0 ? withPathPart(before, filePathPosition - 1, value) : value;
    setScalar({ value: slot.value === NEW_SCALAR ? undefined : slot.value, set: () => slot.set(plainScalar(added, 'true-false')) }, added);
  }
}

/** Fields lead through maps only. */
function checkWay(fields: Fields, path: readonly string[]): void {
  let value: unknown = fields;
  for (const step of path) {
    if (value === undefined || value === null || !/^[^[\d]/.test(step)) return;
    if (!isFields(value)) throw wrongKind('MappingNode', value);
    value = value[step];
  }
}

/** A path with a part more; an absolute one stays absolute (kyaml filesys.InsertPathPart). */
function withPathPart(path: string, position: number, part: string): string {
  const root = path.startsWith('/') ? '/' : '';
  const parts = path.split('/').filter((each) => each !== '');
  return root + join(...parts.slice(0, position), part, ...parts.slice(position));
}
