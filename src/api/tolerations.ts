/** Whether tolerations let a pod stand a taint. Follows component-helpers scheduling/corev1/helpers.go and api core/v1 toleration.go. */
import type { Taint, Toleration } from './generated/types.ts';

/** Toleration.ToleratesTaint: effect and key empty match all, the operator defaults to Equal. */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false;
  if (toleration.key && toleration.key !== taint.key) return false;
  switch (toleration.operator) {
    case undefined:
    case '':
    case 'Equal':
      return (toleration.value ?? '') === (taint.value ?? '');
    case 'Exists':
      return true;
    default:
      return false;
  }
}
