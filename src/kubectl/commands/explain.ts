/** kubectl explain (kubectl pkg/cmd/explain/explain.go, pkg/explain/explain.go, pkg/explain/v2). */
import { parseApiVersion } from '../../api/resource.ts';
import { StatusError } from '../../api/status.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import { readServerDocument } from '../shared/server-document.ts';
import type { SwaggerDocument } from './explain/openapi-v2/explanation.ts';
import { Explainer, heading, kindServedAt, type OpenApiDocument } from './explain/render.ts';
import { parseTarget, type Target } from './explain/target.ts';

export const command = defineCommand({
  name: 'explain',
  usage: 'explain TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]',
  short: 'Get documentation for a resource',
  long: `Show what the fields of a resource mean.

 A field is named by its path: <type>.<fieldName>[.<fieldName>]. What is shown comes from the server, in OpenAPI form.

Use "kubectl api-resources" for a complete list of supported resources.`,
  examples: `# Pods, with their fields
kubectl explain pods

# With all fields of fields
kubectl explain pods --recursive

# In one of several versions
kubectl explain deployments --api-version=apps/v1

# A single field
kubectl explain pods.spec.containers`,
  flags: {
    'api-version': { type: 'string', default: '', description: 'Version to explain, as GROUP/VERSION.' },
    output: { type: 'string', default: 'plaintext', description: 'Format: plaintext, or plaintext-openapiv2, the format of the past.' },
    recursive: { type: 'bool', default: false, description: 'Show the fields of fields.' },
  },
  async run(ctx, args, flags) {
    const { recursive, output, 'api-version': apiVersion } = flags.values;
    const [argument, ...more] = args;
    if (argument === undefined) throw new CommandError(`You must specify the type of resource to explain. Use "${ctx.program} api-resources" for a complete list of supported resources.\n`);
    if (more.length > 0) throw new CommandError('We accept only this format: explain RESOURCE\n');
    const target = await parseTarget(await ctx.mapper(), argument, apiVersion !== '');
    const { stdout } = ctx.streams;
    const paths = output === 'plaintext-openapiv2' ? undefined : await readPaths(ctx, output);
    if (!paths) return void stdout.write(await explainFromV2(ctx, target, apiVersion, recursive));
    const { resource, path: fields } = target;
    const { group, version } = apiVersion === '' ? resource : parseGroupVersion(apiVersion);
    const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    const found = paths[path];
    if (!found) throw new CommandError(`couldn't find resource for "${resourceText(group, version, resource.plural)}"`);
    const document = await readDocument(ctx, path, found.serverRelativeURL);
    if (output !== 'plaintext') throw new CommandError(`unrecognized format: ${output}`);
    const kind = kindServedAt(document, group, version, resource.plural);
    if (!kind) throw new CommandError(`error: GVR (${resourceText(group, version, resource.plural)}) not found in OpenAPI schema`);
    stdout.write(heading(kind));
    const explainer = new Explainer(document, recursive);
    const schema = explainer.schemaOf(kind);
    const text = schema && explainer.explain(schema, fields);
    if (text === undefined) throw new CommandError(`error: GVK map[group:${kind.group} kind:${kind.kind} version:${kind.version}] not found in OpenAPI schema`);
    if (text === '') throw new CommandError(`error: field "${fields.at(-1) ?? ''}" does not exist`);
    stdout.write(`${text}\n`);
  },
});

/** schema.GroupVersionResource's own form. */
const resourceText = (group: string, version: string, plural: string): string => `${group}/${version}, Resource=${plural}`;

/** The group and version of --api-version. */
function parseGroupVersion(text: string): { readonly group: string; readonly version: string } {
  if (text.split('/').length > 2) throw new CommandError(`unexpected GroupVersion string: ${text}`);
  return parseApiVersion(text);
}

/** The older rendering, of the server's one document over all kinds. */
async function explainFromV2(ctx: CommandContext, { resource, path }: Target, apiVersion: string, recursive: boolean): Promise<string> {
  const { group, version } = apiVersion === '' ? resource : parseGroupVersion(apiVersion);
  const document = (await read(ctx, '/openapi/v2')) as SwaggerDocument;
  const { explainFromSwagger } = await import('./explain/openapi-v2/explanation.ts');
  return explainFromSwagger(document, { group, version, kind: resource.kind }, path, recursive);
}

type Paths = Readonly<Record<string, { readonly serverRelativeURL: string } | undefined>>;

/** Where the server's OpenAPI v3 documents are, by group and version; undefined where it does not tell and the older ones will do. */
async function readPaths(ctx: CommandContext, output: string): Promise<Paths | undefined> {
  try {
    return ((await read(ctx, '/openapi/v3')) as { readonly paths: Paths }).paths;
  } catch (error) {
    if (output === 'plaintext') return undefined;
    throw failure('failed to fetch list of groupVersions', error);
  }
}

async function readDocument(ctx: CommandContext, path: string, url: string): Promise<OpenApiDocument> {
  try {
    return (await read(ctx, url)) as OpenApiDocument;
  } catch (error) {
    throw failure(`failed to fetch openapi schema for ${path}`, error);
  }
}

/** An error of the server's, with what it prevented. */
const failure = (what: string, error: unknown): unknown => (error instanceof StatusError ? new CommandError(`${what}: ${error.message}`) : error);

const read = async (ctx: CommandContext, path: string): Promise<unknown> => readServerDocument((await ctx.client()).transport, path);
