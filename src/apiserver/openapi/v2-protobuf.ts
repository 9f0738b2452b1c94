/**
 * OpenAPI v2 as protocol buffers, the only form in which kubectl reads it (it asks for v2@v1.0, which no Content-Type may contain). Numbers are those of
 * google/gnostic-models openapiv2/OpenAPIv2.proto; written is what v2.ts puts into a document.
 */
import type { SwaggerDocument } from './v2.ts';
import type { Json } from './schemas.ts';

type Part = Uint8Array;

export function encodeSwagger({ swagger, info, paths, definitions }: SwaggerDocument): Uint8Array {
  return join([
    text(1, swagger),
    message(2, [text(1, info.title), text(2, info.version)]),
    message(8, Object.entries(paths).map(([name, item]) => named(2, name, pathItem(item)))),
    message(9, Object.entries(definitions).map(([name, each]) => named(1, name, schema(each)))),
  ]);
}

const METHODS: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function pathItem(item: Json): readonly Part[] {
  return [
    ...Object.entries(METHODS).flatMap(([method, number]) => (item[method] === undefined ? [] : [message(number, operation(item[method] as Json))])),
    ...parameters(9, item['parameters']),
  ];
}

function operation({ tags, produces, consumes, parameters: given, responses, ...rest }: Json): readonly Part[] {
  const answers = Object.entries(responses as Readonly<Record<string, Json>>);
  return [
    ...texts(1, tags),
    ...texts(6, produces),
    ...texts(7, consumes),
    ...parameters(8, given),
    message(9, answers.map(([code, answer]) => named(1, code, [message(1, response(answer))]))),
    ...extensions(13, rest),
  ];
}

function response({ description, schema: given }: Json): readonly Part[] {
  return [text(1, description as string), ...(given === undefined ? [] : [message(2, [message(1, schema(given as Json))])])];
}

/** A parameter in the body, or one of those in path and query. */
function parameters(number: number, given: unknown): readonly Part[] {
  return ((given ?? []) as readonly Json[]).map((each) => {
    const { name, in: place, description, required, type } = each as { readonly [key: string]: string };
    if (place === 'body') {
      const body = [text(2, name), text(3, place), flag(4, required), message(5, schema(each['schema'] as Json))];
      return message(number, [message(1, [message(1, body)])]);
    }
    const query = place === 'query';
    const common = [flag(1, required), text(2, place), text(3, description), text(4, name), query ? text(6, type) : text(5, type)];
    return message(number, [message(1, [message(2, [message(query ? 3 : 4, common)])])]);
  });
}

function schema(given: Json): readonly Part[] {
  const { $ref, format, description, required, type, items, properties, additionalProperties, enum: words, ...rest } = given as Readonly<Record<string, never>>;
  return [
    text(1, $ref),
    text(2, format),
    text(4, description),
    ...texts(19, required),
    ...((words ?? []) as readonly string[]).map((word) => message(20, [text(2, `${JSON.stringify(word)}\n`)])),
    ...(additionalProperties === undefined ? [] : [message(21, [message(1, schema(additionalProperties))])]),
    ...(type === undefined ? [] : [message(22, [text(1, type)])]),
    ...(items === undefined ? [] : [message(23, [message(1, schema(items))])]),
    ...(properties === undefined ? [] : [message(25, Object.entries(properties as Json).map(([name, each]) => named(1, name, schema(each as Json))))]),
    ...extensions(31, rest),
  ];
}

/** Vendor extensions: values as YAML, of which JSON is a part. */
function extensions(number: number, fields: Json): readonly Part[] {
  return Object.entries(fields).filter(([name]) => name.startsWith('x-')).map(([name, value]) => named(number, name, [text(2, `${JSON.stringify(value)}\n`)]));
}

/** A pair of a name and a message. */
function named(number: number, name: string, value: readonly Part[]): Part {
  return message(number, [text(1, name), message(2, value)]);
}

const NOTHING = new Uint8Array();

function text(number: number, value: string | undefined): Part {
  return value === undefined || value === '' ? NOTHING : bytes(number, Buffer.from(value));
}

function texts(number: number, values: unknown): readonly Part[] {
  return ((values ?? []) as readonly string[]).map((value) => text(number, value));
}

function flag(number: number, value: unknown): Part {
  return value === undefined ? NOTHING : new Uint8Array([...varint(number << 3), 1]);
}

function message(number: number, parts: readonly Part[]): Part {
  return bytes(number, join(parts));
}

function bytes(number: number, content: Uint8Array): Part {
  return join([new Uint8Array([...varint((number << 3) | 2), ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) out.push((rest % 128) | 0x80);
  out.push(rest);
  return out;
}

function join(parts: readonly Part[]): Uint8Array {
  return Buffer.concat(parts);
}
