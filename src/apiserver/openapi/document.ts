/** One OpenAPI v3 document: a group and version with its paths and schemas. */
import type { ResourceFacts } from '../../api/resource.ts';
import { VERSION } from '../discovery/version.ts';
import { pathsOf } from './paths.ts';
import { Schemas, type Json } from './schemas.ts';

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Json;
  readonly components: { readonly schemas: Json };
}

/** The document of the resources of one group and version. */
export function documentOf(resources: readonly ResourceFacts[]): OpenApiDocument {
  const schemas = new Schemas(resources[0]?.group ?? '', resources);
  const paths = pathsOf(resources, schemas);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: VERSION.gitVersion }, paths, components: { schemas: schemas.all() } };
}
