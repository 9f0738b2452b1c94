/** One OpenAPI v3 document: a group and version with its paths and schemas, or what is known of a path of discovery. */
import type { ResourceFacts } from '../../api/resource.ts';
import { VERSION } from '../discovery/version.ts';
import { asModel, CustomSchemas, type DefinitionOf } from './custom.ts';
import { informationPaths, pathsOf } from './paths.ts';
import { Schemas, type Json } from './schemas.ts';

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Json;
  readonly components: { readonly schemas: Json };
}

const document = (paths: Json, schemas: Schemas): OpenApiDocument => ({ openapi: '3.0.0', info: { title: 'Kubernetes', version: VERSION.gitVersion }, paths, components: { schemas: schemas.all() } });

/** The document of the resources of one group and version. */
export function documentOf(resources: readonly ResourceFacts[]): OpenApiDocument {
  const schemas = new Schemas(resources[0]?.group ?? '', resources);
  return document(pathsOf(resources, schemas), schemas);
}

/** The same where custom resources are among them. */
export function customDocumentOf(resources: readonly ResourceFacts[], definitionOf: DefinitionOf, v2 = false): OpenApiDocument {
  const models = resources.map((resource) => (resource.model === '' ? asModel(resource) : resource));
  const schemas = new CustomSchemas(models, definitionOf, v2);
  return document(pathsOf(models, schemas), schemas);
}

/** Paths beside those of the groups that tell something of the server. */
export const INFORMATION_PATHS = ['.well-known/openid-configuration', 'api', 'apis', 'openid/v1/jwks', 'version'];

/** The document of a path that names no version ("apis/apps"); undefined for one that there is not. */
export function informationDocument(path: string): OpenApiDocument | undefined {
  const schemas = new Schemas('', []);
  const paths = informationPaths(path, schemas);
  return paths && document(paths, schemas);
}
