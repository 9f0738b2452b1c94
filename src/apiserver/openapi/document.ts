/** One OpenAPI v3 document: a group and version with its paths and schemas. */
import type { ResourceFacts } from '../../api/resource.ts';
import { VERSION } from '../discovery/version.ts';
import { asModel, CustomSchemas, type DefinitionOf } from './custom.ts';
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
  return documentWith(resources, new Schemas(resources[0]?.group ?? '', resources));
}

/** The same where custom resources are among them. */
export function customDocumentOf(resources: readonly ResourceFacts[], definitionOf: DefinitionOf, v2 = false): OpenApiDocument {
  const models = resources.map((resource) => (resource.model === '' ? asModel(resource) : resource));
  return documentWith(models, new CustomSchemas(models, definitionOf, v2));
}

function documentWith(resources: readonly ResourceFacts[], schemas: Schemas): OpenApiDocument {
  const paths = pathsOf(resources, schemas);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: VERSION.gitVersion }, paths, components: { schemas: schemas.all() } };
}
