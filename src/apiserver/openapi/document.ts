/** One OpenAPI v3 document: a group and version with its paths and schemas. */
import type { ResourceFacts } from '../../api/resource.ts';
import { VERSION } from '../discovery/version.ts';
import { pathsOf } from './paths.ts';
import { Schemas } from './schemas.ts';

/** The document of the resources of one group and version. */
export function documentOf(resources: readonly ResourceFacts[]): object {
  const schemas = new Schemas(resources[0]?.group ?? '', resources);
  const paths = pathsOf(resources, schemas);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: VERSION.gitVersion }, paths, components: { schemas: schemas.all() } };
}
