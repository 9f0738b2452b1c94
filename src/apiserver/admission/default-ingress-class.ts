/** An Ingress that names no class gets the default one. Follows kubernetes plugin/pkg/admission/network/defaultingressclass. */
import type { Ingress } from '../../api/generated/types.ts';
import type { Draft } from '../../api/json.ts';
import { INGRESSCLASSES } from '../../api/kinds.ts';
import { newestDefault } from '../../api/newest-default.ts';
import type { AdmissionPlugin, Attributes } from './plugin.ts';

const DEFAULT = ['ingressclass.kubernetes.io/is-default-class'];
const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';

export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: (operation, { group, plural }, subresource) => operation === 'create' && group === 'networking.k8s.io' && plural === 'ingresses' && subresource === '',

  async admit({ object }: Attributes, cluster) {
    const ingress = object as Draft<Ingress>;
    if (ingress.spec?.ingressClassName !== undefined || ingress.metadata?.annotations?.[CLASS_ANNOTATION] !== undefined) return undefined;
    const name = newestDefault(await cluster.list(INGRESSCLASSES), DEFAULT)?.metadata.name;
    if (name === undefined) return undefined;
    (ingress.spec ??= {}).ingressClassName = name;
    return `ingressClassName ${name}`;
  },
};
