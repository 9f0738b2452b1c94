/** A pod's RuntimeClass says what it costs beside its containers, and on which nodes it can run. Follows kubernetes plugin/pkg/admission/runtimeclass. */
import type { Pod, PodSpec, RuntimeClass, Toleration } from '../../api/generated/types.ts';
import { draft, equal, type Draft } from '../../api/json.ts';
import { RUNTIMECLASSES } from '../../api/kinds.ts';
import { parseQuantity } from '../../api/quantity.ts';
import { goQuote } from '../../api/quote.ts';
import type { Lookup } from '../storage/storages.ts';
import { refuse, type AdmissionPlugin, type Attributes } from './plugin.ts';

type Amounts = Readonly<Record<string, string>>;

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: (operation, { group, plural }, subresource) => operation === 'create' && group === '' && plural === 'pods' && subresource === '',

  admit(attributes: Attributes, cluster) {
    const { spec } = attributes.object as Draft<Pod>;
    return spec?.runtimeClassName === undefined ? undefined : apply(attributes, spec, cluster);
  },

  validate(attributes: Attributes, cluster) {
    const { spec } = attributes.object as Pod;
    // Most pods have neither: no promise for them.
    if (spec?.runtimeClassName === undefined && spec?.overhead === undefined) return undefined;
    return checkOverhead(attributes, spec, cluster);
  },
};

async function classOf(attributes: Attributes, name: string | undefined, cluster: Lookup): Promise<RuntimeClass | undefined> {
  if (name === undefined) return undefined;
  const found = await cluster.get(RUNTIMECLASSES, undefined, name);
  if (!found) throw refuse(attributes, `pod rejected: RuntimeClass ${goQuote(name)} not found`);
  return found;
}

async function apply(attributes: Attributes, spec: Draft<PodSpec>, cluster: Lookup): Promise<string | undefined> {
  const found = await classOf(attributes, spec.runtimeClassName, cluster);
  const done: string[] = [];
  if (found?.overhead) {
    const fixed = found.overhead.podFixed ?? {};
    if (spec.overhead && !sameAmounts(spec.overhead, fixed)) throw refuse(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
    spec.overhead = { ...fixed };
    done.push('overhead');
  }
  if (found?.scheduling) {
    const { nodeSelector = {}, tolerations = [] } = found.scheduling;
    for (const [key, value] of Object.entries(nodeSelector)) {
      const own = spec.nodeSelector?.[key];
      if (own !== undefined && own !== value) throw refuse(attributes, `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`);
    }
    if (Object.keys(nodeSelector).length > 0) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
    if (tolerations.length > 0) spec.tolerations = mergeTolerations(spec.tolerations ?? [], tolerations);
    done.push('scheduling');
  }
  return done.length > 0 ? `${done.join(' and ')} of class ${spec.runtimeClassName ?? ''}` : undefined;
}

async function checkOverhead(attributes: Attributes, spec: PodSpec, cluster: Lookup): Promise<undefined> {
  const found = await classOf(attributes, spec.runtimeClassName, cluster);
  if (found?.overhead) {
    if (!sameAmounts(spec.overhead ?? {}, found.overhead.podFixed ?? {})) throw refuse(attributes, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  } else if (spec.overhead) throw refuse(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
}

const sameAmounts = (a: Amounts, b: Amounts): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, amount]) => b[name] !== undefined && parseQuantity(amount).compare(parseQuantity(b[name])) === 0);

/** Those of both, without any that another one covers (kubernetes pkg/util/tolerations). */
function mergeTolerations(first: readonly Toleration[], second: readonly Toleration[]): Draft<Toleration>[] {
  const all = [...first, ...second];
  return draft(all.filter((each, i) => !all.some((other, j) => i !== j && covers(other, each) && !(equal(other, each) && i < j))));
}

/** Whether whatever the one tolerates the other tolerates, too. */
function covers(wide: Toleration, narrow: Toleration): boolean {
  if (equal(wide, narrow)) return true;
  if (wide.key !== undefined && wide.key !== '' && wide.key !== narrow.key) return false;
  if (wide.effect && wide.effect !== narrow.effect) return false;
  if (wide.tolerationSeconds !== undefined && (narrow.tolerationSeconds === undefined || wide.tolerationSeconds < narrow.tolerationSeconds)) return false;
  if (wide.operator === 'Exists') return true;
  return (narrow.operator ?? 'Equal') === 'Equal' && (wide.key ?? '') !== '' && wide.value === narrow.value;
}
