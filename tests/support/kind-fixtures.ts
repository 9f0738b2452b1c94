/** One small valid object for each kind that a fresh cluster serves: fixtures/kinds/PLURAL.VERSION[.GROUP].yaml. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/api/object.ts';
import { resourceAt, type ResourceFacts } from '../../src/api/resource.ts';

const folder = join(import.meta.dirname, '../../fixtures/kinds');

export interface KindFixture {
  /** As kubectl takes it: "deployments.v1.apps". */
  readonly name: string;
  readonly file: string;
  readonly resource: ResourceFacts;
  readonly object: KubeObject & { readonly apiVersion: string; readonly kind: string };
}

export const KIND_FIXTURES: readonly KindFixture[] = readdirSync(folder).sort().map((base) => {
  const file = join(folder, base);
  const name = base.replace(/\.yaml$/, '');
  const [plural = '', version = '', ...group] = name.split('.');
  const resource = resourceAt(group.join('.'), version, plural);
  if (!resource) throw new Error(`${file}: no such resource`);
  return { name, file, resource, object: parse(readFileSync(file, 'utf8')) as KindFixture['object'] };
});
