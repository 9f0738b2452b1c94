/**
 * The rounds of an edit: file out, editor, file in, changes to the server, and again where the server refused them.
 * Shared by edit, create --edit and apply edit-last-applied (kubectl pkg/cmd/util/editor/editoptions.go: Run).
 */
import { existsSync } from 'node:fs';
import { draft, equal, type JsonValue } from '../../api/json.ts';
import type { KubeObject } from '../../api/object.ts';
import { goQuote } from '../../api/quote.ts';
import { readInfos } from '../builder/documents.ts';
import { ClientValidation } from '../builder/client-validation.ts';
import { objectOf, type Info, type UnstructuredObject } from '../builder/info.ts';
import type { CommandContext } from '../command.ts';
import { CommandError, ExitError, textOf } from '../errors.ts';
import { createOrUpdateAnnotation } from '../shared/last-applied.ts';
import { noPrinter } from '../shared/print-flags.ts';
import { EditResults, failedValidation, hasLines, withoutComments, type EditMode } from './edit-file.ts';
import { editText, removeFile } from './launch.ts';

export interface EditSession {
  readonly ctx: CommandContext;
  readonly mode: EditMode;
  /** What -o says: json or yaml, which '' stands for. */
  readonly output: string;
  readonly windowsLineEndings: boolean;
  /** --save-config */
  readonly annotate: boolean;
  /** --record */
  record(object: UnstructuredObject): void;
  /** --validate */
  readonly validate: 'Strict' | 'Warn' | 'Ignore';
  /** Sends one edited object; a fault of the server's goes to `results`. */
  submit(edited: Info, originals: readonly Info[], results: EditResults): Promise<void>;
}

type ManagedFields = NonNullable<KubeObject['metadata']>['managedFields'];

/** Edits objects until the user is content or gives up. */
export async function edit(session: EditSession, infos: readonly Info[]): Promise<void> {
  const { ctx } = session;
  const { stderr } = ctx.streams;
  const format = formatOf(session.output);
  let results = new EditResults();
  let failed = false;
  let original = '';
  let edited = '';
  const validation = session.validate === 'Ignore' ? undefined : new ClientValidation(ctx, session.validate);
  const managed = new Map<string, ManagedFields>();
  const keeping = (error: unknown, file: string): unknown => {
    if (file !== '' && existsSync(file)) stderr.write(`A copy of your changes has been stored to ${goQuote(file)}\n`);
    return error;
  };
  for (;;) {
    const header = format === 'yaml' ? results.header(session.mode) : '';
    if (!failed) {
      hideManagedFields(infos, managed);
      original = header + (await print(format, infos));
    }
    const text = failed ? header + withoutComments(edited) : original;
    const before = edited;
    let path: string;
    try {
      ({ path, text: edited } = editText(ctx.env, `${ctx.program}-edit-`, `.${format}`, session.windowsLineEndings ? text.replace(/\r?\n/g, '\r\n') : text));
    } catch (error) {
      throw keeping(error, results.file);
    }
    if (failed && (await same(before, edited))) throw keeping(new CommandError('Edit cancelled, no valid changes were saved.'), path);
    if (results.file !== '') removeFile(results.file);

    const fault = await faultOf(edited, validation);
    if (fault !== undefined) {
      results = new EditResults(path);
      failed = true;
      stderr.write(`${results.add(failedValidation(fault), infos[0] as Info)}\n`);
      continue;
    }
    if (await same(original, edited)) {
      removeFile(path);
      stderr.write('Edit cancelled, no changes made.\n');
      return;
    }
    if (!hasLines(edited)) {
      removeFile(path);
      stderr.write('Edit cancelled, saved file was empty.\n');
      return;
    }
    results = new EditResults(path);
    let updated: readonly Info[];
    try {
      updated = await readInfos(ctx, edited, 'edited-file');
    } catch (error) {
      failed = true;
      results.reasons.push({ head: `The edited file had a syntax error: ${textOf(error)}`, other: [] });
      continue;
    }
    failed = false;
    try {
      restoreManagedFields([...updated, ...infos], managed);
      const namespace = await ctx.namespace();
      for (const info of updated) {
        requireNamespace(info, namespace);
        if (session.annotate) createOrUpdateAnnotation(true, objectOf(info));
        session.record(objectOf(info));
      }
      for (const info of updated) await session.submit(info, infos, results);
    } catch (error) {
      throw keeping(error, path);
    }
    if (results.retryable > 0) {
      stderr.write(`You can run \`${ctx.program} replace -f ${path}\` to try this update again.\n`);
      throw new ExitError(1);
    }
    if (results.notFound > 0) {
      stderr.write(`The edits you made on deleted resources have been saved to ${goQuote(path)}\n`);
      throw new ExitError(1);
    }
    if (results.invalid === 0) {
      removeFile(path);
      return;
    }
    if (results.reasons.length > 0) failed = true;
  }
}

async function print(format: 'json' | 'yaml', infos: readonly Info[]): Promise<string> {
  const [only] = infos;
  const object = infos.length === 1 && only ? objectOf(only) : { kind: 'List', apiVersion: 'v1', metadata: {}, items: infos.map(objectOf) };
  if (format === 'json') return (await import('../printers/object-json.ts')).printJson(object as KubeObject);
  return (await import('../printers/yaml.ts')).toYaml(object);
}

function hideManagedFields(infos: readonly Info[], kept: Map<string, ManagedFields>): void {
  for (const info of infos) {
    const { metadata } = objectOf(info);
    if (!metadata?.managedFields) continue;
    kept.set(metadata.uid ?? '', metadata.managedFields);
    delete metadata.managedFields;
  }
}

function restoreManagedFields(infos: readonly Info[], kept: ReadonlyMap<string, ManagedFields>): void {
  for (const info of infos) {
    const { metadata } = objectOf(info);
    const fields = kept.get(metadata?.uid ?? '');
    if (metadata && fields) metadata.managedFields = draft(fields) as NonNullable<typeof metadata.managedFields>;
  }
}

function requireNamespace(info: Info, namespace: string): void {
  if (!info.resource.namespaced) return;
  if (info.namespace === '') {
    info.namespace = namespace;
    const object = objectOf(info);
    object.metadata = { ...object.metadata, namespace };
  } else if (info.namespace !== namespace) {
    throw new CommandError(`the namespace from the provided object ${goQuote(info.namespace)} does not match the namespace ${goQuote(namespace)}. You must pass '--namespace=${info.namespace}' to perform this operation.`);
  }
}

/** The file's value, whatever its comments; the text without them where it is no YAML. */
async function contentOf(text: string): Promise<unknown> {
  const { readYaml } = await import('../builder/yaml-reader.ts');
  try {
    return readYaml(text) ?? null;
  } catch {
    return withoutComments(text);
  }
}

const same = async (a: string, b: string): Promise<boolean> => equal(await contentOf(a), await contentOf(b));

/** Why a file is no object; undefined where it is one (kubectl pkg/validation: paramVerifyingSchema). */
async function faultOf(text: string, validation: ClientValidation | undefined): Promise<string | undefined> {
  const { readYaml } = await import('../builder/yaml-reader.ts');
  let value: unknown;
  try {
    value = readYaml(text);
  } catch {
    // Lines are counted without the comments.
    try {
      value = readYaml(withoutComments(text));
    } catch (error) {
      return textOf(error);
    }
  }
  if (validation) return validation.fault(value as JsonValue, () => JSON.stringify(value));
  return undefined;
}

function formatOf(output: string): 'json' | 'yaml' {
  if (output === '') return 'yaml';
  if (output !== 'json' && output !== 'yaml') throw noPrinter(output, ['json', 'yaml']);
  return output;
}
