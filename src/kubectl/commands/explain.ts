/** kubectl explain (kubectl pkg/cmd/explain/explain.go, pkg/explain/explain.go, pkg/explain/v2). */
import { groupResourceName, parseApiVersion, type ResourceFacts } from '../../api/resource.ts';
import { StatusError } from '../../api/status.ts';
import { defineCommand, type CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import { Explainer, heading, kindServedAt, type OpenApiDocument } from './explain/render.ts';

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
    output: { type: 'string', default: 'plaintext', description: 'Format: plaintext. (plaintext-openapiv2 is the format of the past, which this program does not have.)' },
    recursive: { type: 'bool', default: false, description: 'Show the fields of fields.' },
  },
  async run(ctx, args, flags) {
    const { recursive, output, 'api-version': apiVersion } = flags.values;
    const [argument, ...more] = args;
    if (argument === undefined) throw new CommandError(`You must specify the type of resource to explain. Use "${ctx.program} api-resources" for a complete list of supported resources.\n`);
    if (more.length > 0) throw new CommandError('We accept only this format: explain RESOURCE\n');
    const { resource, path } = await target(ctx, argument, apiVersion !== '');
    if (output === 'plaintext-openapiv2') throw new CommandError('--output=plaintext-openapiv2 is not supported; use plaintext');
    const { group, version } = apiVersion === '' ? resource : parseApiVersion(apiVersion);
    const document = await readDocument(ctx, group, version, resource.plural);
    if (output !== 'plaintext') throw new CommandError(`unrecognized format: ${output}`);
    const kind = kindServedAt(document, group, version, resource.plural);
    if (!kind) throw new CommandError(`error: GVR (${resourceText(group, version, resource.plural)}) not found in OpenAPI schema`);
    const { stdout } = ctx.streams;
    stdout.write(heading(kind));
    const explainer = new Explainer(document, recursive);
    const schema = explainer.schemaOf(kind);
    const text = schema && explainer.explain(schema, path);
    if (text === undefined) throw new CommandError(`error: GVK map[group:${kind.group} kind:${kind.kind} version:${kind.version}] not found in OpenAPI schema`);
    if (text === '') throw new CommandError(`error: field "${path.at(-1) ?? ''}" does not exist`);
    stdout.write(`${text}\n`);
  },
});

/** schema.GroupVersionResource's own form. */
const resourceText = (group: string, version: string, plural: string): string => `${group}/${version}, Resource=${plural}`;

/** "deployments.apps.spec.replicas" → the resource, whose group may stand with it, and the path of the field. */
async function target(ctx: CommandContext, argument: string, plain: boolean): Promise<{ readonly resource: ResourceFacts; readonly path: readonly string[] }> {
  const [name = '', ...path] = argument.replace(/\.$/, '').split('.');
  const mapper = await ctx.mapper();
  const resource = await mapper.resolveBare(name);
  if (plain) return { resource, path };
  // Of several groups with such a resource the one that the argument begins with.
  for (const candidate of [resource, ...(await candidates(ctx, resource))]) {
    const full = groupResourceName(candidate);
    if (argument.startsWith(full)) return { resource: candidate, path: argument.slice(full.length).split('.').filter((part, index) => index > 0 && part !== '') };
  }
  return { resource, path };
}

async function candidates(ctx: CommandContext, resource: ResourceFacts): Promise<readonly ResourceFacts[]> {
  return (await (await ctx.mapper()).discover()).filter(({ plural, group }) => plural === resource.plural && group !== resource.group);
}

async function readDocument(ctx: CommandContext, group: string, version: string, plural: string): Promise<OpenApiDocument> {
  const { transport } = await ctx.client();
  const read = async (path: string): Promise<unknown> => {
    const { code, body } = await transport.raw('GET', path);
    if (code >= 400) throw StatusError.from(JSON.parse(body) as object);
    return JSON.parse(body) as unknown;
  };
  const { paths } = (await read('/openapi/v3')) as { paths: Readonly<Record<string, { serverRelativeURL: string } | undefined>> };
  const found = paths[group === '' ? `api/${version}` : `apis/${group}/${version}`];
  if (!found) throw new CommandError(`couldn't find resource for "${resourceText(group, version, plural)}"`);
  return (await read(found.serverRelativeURL)) as OpenApiDocument;
}
