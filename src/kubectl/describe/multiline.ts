/** Labels, annotations and tolerations, one per line, sorted (kubectl pkg/describe/describe.go: print…Multiline). */
import type { Toleration } from '../../api/generated/types.ts';
import { compareBytes } from '../printers/json.ts';
import type { PrefixWriter } from './prefix-writer.ts';

/** Longer annotations begin on a line of their own, and are cut. */
const MAX_ANNOTATION = 140;
const SKIPPED_ANNOTATIONS = new Set(['kubectl.kubernetes.io/last-applied-configuration']);

type StringMap = Readonly<Record<string, string>> | undefined;

export function writeLabels(writer: PrefixWriter, title: string, labels: StringMap): void {
  writer.write(0, `${title}:\t`);
  const keys = Object.keys(labels ?? {}).sort(compareBytes);
  if (keys.length === 0) return writer.write(0, '<none>\n');
  for (const [index, key] of keys.entries()) writer.write(0, `${index > 0 ? '\t' : ''}${key}=${labels?.[key] ?? ''}\n`);
}

export function writeAnnotations(writer: PrefixWriter, title: string, annotations: StringMap): void {
  writer.write(0, `${title}:\t`);
  const keys = Object.keys(annotations ?? {}).filter((key) => !SKIPPED_ANNOTATIONS.has(key)).sort(compareBytes);
  if (keys.length === 0) return writer.write(0, '<none>\n');
  for (const [index, key] of keys.entries()) {
    if (index > 0) writer.write(0, '\t');
    const value = (annotations?.[key] ?? '').replace(/\n$/, '');
    if (Buffer.byteLength(value) + Buffer.byteLength(key) + 2 <= MAX_ANNOTATION && !value.includes('\n')) {
      writer.write(0, `${key}: ${value}\n`);
      continue;
    }
    writer.write(0, `${key}:\n`);
    for (const line of value.split('\n')) writer.write(0, `\t  ${shorten(line, MAX_ANNOTATION - 2)}\n`);
  }
}

/** Cut to so many bytes, with an ellipsis. */
function shorten(text: string, limit: number): string {
  const bytes = Buffer.from(text);
  return bytes.length > limit ? `${bytes.subarray(0, limit).toString()}...` : text;
}

export function writeTolerations(writer: PrefixWriter, title: string, tolerations: readonly Toleration[] = []): void {
  writer.write(0, `${title}:\t`);
  if (tolerations.length === 0) return writer.write(0, '<none>\n');
  const sorted = [...tolerations].sort((a, b) => compareBytes(a.key ?? '', b.key ?? ''));
  for (const [index, { key = '', value = '', effect = '', operator, tolerationSeconds }] of sorted.entries()) {
    const all = operator === 'Exists' && value === '';
    const exists = all ? (key !== '' || effect !== '' ? ' op=Exists' : 'op=Exists') : '';
    writer.write(0, `${index > 0 ? '\t' : ''}${key}${value ? `=${value}` : ''}${effect ? `:${effect}` : ''}${exists}${tolerationSeconds === undefined ? '' : ` for ${tolerationSeconds}s`}\n`);
  }
}
