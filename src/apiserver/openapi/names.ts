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
  const special = SPECIAL[model];
  if (special !== undefined) return special;
  const goPackage = packageOf(model)?.replace(/^k8s\.io\./, 'io.k8s.') ?? OTHER_PACKAGES[group] ?? 'io.k8s';
  return `${goPackage}.${(structOf(model)?.goName ?? model).replace(PREFIX, '')}`;
}

/** What tells models of one name apart: "EventsV1EventList", "V2HorizontalPodAutoscalerList". */
const PREFIX = /^(?:[A-Z][a-z]+)?V\d+(?:(?:alpha|beta)\d+)?(?=[A-Z])/;
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
/** Models of which no kind of a group is made. */
const SPECIAL: Readonly<Record<string, string>> = {
  VersionInfo: 'io.k8s.apimachinery.pkg.version.Info',
  ...Object.fromEntries(['APIGroup', 'APIGroupList', 'APIResource', 'APIResourceList', 'APIVersions', 'GroupVersionForDiscovery', 'ServerAddressByClientCIDR', 'WatchEvent'].map((model) => [model, `${META}.${model}`])),
};
const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** Schemas of values of free form. What has no type may be anything, not only an object. */
export const FREE_FORMS: Readonly<Record<string, readonly [name: string, schema: Readonly<Record<string, unknown>>]>> = {
  FieldsV1: [`${META}.FieldsV1`, { type: 'object' }],
  Patch: [`${META}.Patch`, { type: 'object' }],
  RawExtension: ['io.k8s.apimachinery.pkg.runtime.RawExtension', { type: 'object' }],
  CustomResourceSubresourceStatus: [`${EXTENSIONS}.CustomResourceSubresourceStatus`, { type: 'object' }],
  ...Object.fromEntries(['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'].map((name) => [name, [`${EXTENSIONS}.${name}`, {}] as const])),
};
