/** Lets pods stay five minutes on a node that fails. Follows kubernetes plugin/pkg/admission/defaulttolerationseconds. */
import type { Pod } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import type { AdmissionPlugin } from './plugin.ts';

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const SECONDS = 300;

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (operation, { group, plural }, subresource) => operation !== 'delete' && group === '' && plural === 'pods' && subresource === '',

  admit({ object }) {
    const spec = (object as Draft<Pod>).spec;
    if (!spec) return undefined;
    const missing = TAINTS.filter((key) => !spec.tolerations?.some((toleration) => (toleration.key === key || !toleration.key) && (toleration.effect === 'NoExecute' || !toleration.effect)));
    if (missing.length === 0) return undefined;
    (spec.tolerations ??= []).push(...missing.map((key) => ({ effect: 'NoExecute' as const, key, operator: 'Exists' as const, tolerationSeconds: SECONDS })));
    return `tolerates ${missing.map((key) => key.slice(key.indexOf('/') + 1)).join(' and ')} for ${SECONDS}s`;
  },
};
