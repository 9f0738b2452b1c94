/** Names of schemas: a model is called after the Go package that it comes from, "io.k8s.api.apps.v1.Deployment". */
import { structOf } from '../../api/decode/table.ts';
import { packageOf } from '../http/protobuf/numbers.ts';

export const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
export const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
export const TIME = 'io.k8s.apimachinery.pkg.apis.meta.v1.Time';
export const MICRO_TIME = 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime';

/** Packages of the groups whose kinds are not sent as protocol buffers here. */
const OTHER_PACKAGES: Readonly<Record<string, string>> = {
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
};

/** A model's schema name; `group` is the API group in whose document it stands. */
export function schemaName(model: string, group: string): string {
  const goPackage = packageOf(model)?.replace(/^k8s\.io\./, 'io.k8s.') ?? OTHER_PACKAGES[group] ?? 'io.k8s';
  return `${goPackage}.${structOf(model)?.goName ?? model}`;
}
