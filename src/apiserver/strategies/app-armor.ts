/** AppArmor profiles of new pods, which stand in fields and, for older nodes, in annotations. Follows kubernetes pkg/registry/core/pod/strategy.go (applyAppArmorVersionSkew). */
import type { AppArmorProfile, Pod } from '../../api/generated/types.ts';
import { equal, type Draft } from '../../api/json.ts';
import { Path } from '../validation/field.ts';
import { APP_ARMOR } from '../validation/pod-annotations.ts';
import { checkAppArmor } from '../validation/security-context.ts';

const UNCONFINED = 'unconfined';
const RUNTIME_DEFAULT = 'runtime/default';
const LOCALHOST = 'localhost/';

function annotationOf({ type, localhostProfile }: AppArmorProfile): string | undefined {
  if (type === 'Unconfined') return UNCONFINED;
  if (type === 'RuntimeDefault') return RUNTIME_DEFAULT;
  return type === 'Localhost' && localhostProfile !== undefined ? LOCALHOST + localhostProfile : undefined;
}

/** undefined for what no field can say. */
function fieldOf(annotation: string): AppArmorProfile | undefined {
  if (annotation === UNCONFINED) return { type: 'Unconfined' };
  if (annotation === RUNTIME_DEFAULT) return { type: 'RuntimeDefault' };
  if (!annotation.startsWith(LOCALHOST) || annotation === LOCALHOST) return undefined;
  const profile = { type: 'Localhost', localhostProfile: annotation.slice(LOCALHOST.length) };
  const faults: Parameters<typeof checkAppArmor>[2] = [];
  checkAppArmor(profile, Path.of(''), faults);
  return faults.length === 0 ? profile : undefined;
}

/** Fills in whichever of the two is missing; who still writes annotations is told. */
export function syncAppArmor(pod: Draft<Pod>, warn: (text: string) => void): void {
  const { spec } = pod;
  if (!spec || spec.os?.name === 'windows') return;
  const whole = spec.securityContext?.appArmorProfile;
  for (const containers of [spec.initContainers, spec.containers, spec.ephemeralContainers])
    for (const container of containers ?? []) {
      const key = APP_ARMOR + container.name;
      const annotation = pod.metadata?.annotations?.[key];
      const own = container.securityContext?.appArmorProfile;
      if (annotation === undefined) {
        const profile = own ?? whole;
        const text = profile && annotationOf(profile);
        if (text !== undefined) ((pod.metadata ??= {}).annotations ??= {})[key] = text;
      } else if (!own) {
        const profile = fieldOf(annotation);
        if (profile && equal(profile, whole)) continue;
        if (profile) (container.securityContext ??= {}).appArmorProfile = profile;
        warn(`${Path.of('metadata', 'annotations').key(key)}: deprecated since v1.30; use the "appArmorProfile" field instead`);
      }
    }
}
