/** Labels, annotations, owners, taints and tolerations: one below the other, in order. */
import type { ObjectMeta, OwnerReference, Taint, Toleration, TopologySpreadConstraint } from '../../api/generated/types.ts';
import { formatLabelSelector } from '../../api/labels.ts';
import { LAST_APPLIED } from '../shared/last-applied.ts';
import { compareBytes } from '../../api/go-json.ts';
import { shorten, sortedKeys } from './format.ts';
import { goSort } from './go-sort.ts';
import type { DescriptionWriter } from './writer.ts';

type Labels = Readonly<Record<string, string>> | undefined;

const MAX_ANNOTATION_BYTES = 140;

/** One entry to a line, the first beside the title; "<none>" where there is none. */
function column(w: DescriptionWriter, title: string, entries: readonly (() => void)[], indent = ''): void {
  w.write(0, `${indent}${title}:\t`);
  if (entries.length === 0) return w.line('<none>');
  entries.forEach((write, index) => {
    if (index > 0) {
      w.write(0, indent);
      w.write(0, '\t');
    }
    write();
  });
}

export function writeLabels(w: DescriptionWriter, title: string, labels: Labels, indent = ''): void {
  column(w, title, sortedKeys(labels).map((key) => () => w.write(0, `${key}=${labels?.[key]}\n`)), indent);
}

/** Names one below the other. */
export function writeNames(w: DescriptionWriter, title: string, names: readonly string[]): void {
  column(w, title, names.map((name) => () => w.write(0, `${name}\n`)));
}

/** Long and many-lined annotations stand below their key; what kubectl apply remembers is left out. */
export function writeAnnotations(w: DescriptionWriter, title: string, annotations: Labels): void {
  w.write(0, `${title}:\t`);
  const keys = sortedKeys(annotations).filter((key) => key !== LAST_APPLIED);
  if (keys.length === 0) return w.line('<none>');
  keys.forEach((key, index) => {
    if (index > 0) w.write(0, '\t');
    const value = (annotations?.[key] ?? '').replace(/\n$/, '');
    if (Buffer.byteLength(value) + Buffer.byteLength(key) + 2 <= MAX_ANNOTATION_BYTES && !value.includes('\n')) return w.write(0, `${key}: ${value}\n`);
    w.write(0, `${key}:\n`);
    for (const text of value.split('\n')) w.write(0, `\t  ${shorten(text, MAX_ANNOTATION_BYTES - 2)}\n`);
  });
}

/** Name, namespace where there is one to say, labels and annotations: how most descriptions begin. */
export function writeIdentity(w: DescriptionWriter, { name = '', namespace, labels, annotations }: ObjectMeta, namespaced: boolean): void {
  w.field('Name', name);
  if (namespaced) w.field('Namespace', namespace ?? '');
  writeLabels(w, 'Labels', labels);
  writeAnnotations(w, 'Annotations', annotations);
}

export function controllerOf({ ownerReferences }: ObjectMeta): OwnerReference | undefined {
  return ownerReferences?.find(({ controller }) => controller);
}

export function writeController(w: DescriptionWriter, metadata: ObjectMeta): void {
  const owner = controllerOf(metadata);
  if (owner) w.field('Controlled By', `${owner.kind}/${owner.name}`);
}

export function writeTolerations(w: DescriptionWriter, title: string, tolerations: readonly Toleration[] = []): void {
  const inOrder = goSort(tolerations, (a, b) => compareBytes(a.key ?? '', b.key ?? '') < 0);
  column(w, title, inOrder.map((toleration) => () => w.write(0, `${tolerationText(toleration)}\n`)));
}

function tolerationText({ key = '', value = '', effect = '', operator, tolerationSeconds }: Toleration): string {
  let text = key + (value ? `=${value}` : '') + (effect ? `:${effect}` : '');
  if (operator === 'Exists' && value === '') text += text === '' ? 'op=Exists' : ' op=Exists';
  return tolerationSeconds === undefined ? text : `${text} for ${tolerationSeconds}s`;
}

export function writeTaints(w: DescriptionWriter, title: string, taints: readonly Taint[] = []): void {
  const order = ({ effect = '', key }: Pick<Taint, 'key'> & Partial<Taint>): string => `${effect},${key}`;
  column(w, title, goSort(taints, (a, b) => compareBytes(order(a), order(b)) < 0).map((taint) => () => w.write(0, `${taintText(taint)}\n`)));
}

function taintText({ key, value = '', effect = '' }: Taint): string {
  if (effect === '') return value === '' ? key : `${key}=${value}:`;
  return value === '' ? `${key}:${effect}` : `${key}=${value}:${effect}`;
}

export function writeSpreadConstraints(w: DescriptionWriter, constraints: readonly TopologySpreadConstraint[] = [], indent = ''): void {
  if (constraints.length === 0) return;
  const inOrder = goSort(constraints, (a, b) => compareBytes(a.topologyKey, b.topologyKey) < 0);
  column(w, 'Topology Spread Constraints', inOrder.map(({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) => () => {
    const selector = labelSelector ? ` for selector ${formatLabelSelector(labelSelector)}` : '';
    w.write(0, `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${selector}\n`);
  }), indent);
}
