/**
 * What the API server says against objects of the groups beside core, apps and batch: each row changes the small valid
 * object of fixtures/kinds/ and lists the faults. The cases are those of kubernetes pkg/apis/<group>/validation/validation_test.go.
 */
import { applyMergePatch } from '../../../src/api/patch/index.ts';
import type { JsonMap } from '../../../src/api/patch/index.ts';
import { draft, type Draft } from '../../../src/api/json.ts';
import type { EndpointSlice, VolumeAttachment } from '../../../src/api/generated/types.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import { resourceAt, type ResourceFacts } from '../../../src/api/resource.ts';
import { strategyFor } from '../../../src/apiserver/strategies/index.ts';
import { conversionOf } from '../../../src/apiserver/registry/conversion.ts';
import { loadExpressions } from '../../../src/apiserver/admission/expressions-loader.ts';
import { KIND_FIXTURES } from '../../support/kind-fixtures.ts';
import { created, faults, NOW, updated, warningsOf } from './support.ts';

const fixture = (name: string): JsonMap => {
  const found = KIND_FIXTURES.find((each) => each.name === name || each.name.startsWith(`${name}.`));
  if (!found) throw new Error(name);
  return found.object as unknown as JsonMap;
};
const changed = (name: string, patch: object): object => applyMergePatch(draft(fixture(name)), patch as JsonMap) as object;

type Row = readonly [resource: string, patch: object, faults: readonly string[]];

const SUBDOMAIN = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const QUALIFIED = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const backend = (service: object) => ({ spec: { rules: null, defaultBackend: { service } } });
const path = (change: object) => ({ spec: { rules: [{ host: 'example.com', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } }, ...change }] } }] } });
const metric = (metric: object) => ({ spec: { metrics: [metric] } });
const webhook = (change: object) => ({ webhooks: [{ ...(fixture('validatingwebhookconfigurations')['webhooks'] as JsonMap[])[0], ...change }] });
const rule = (change: object) => webhook({ rules: [{ apiGroups: ['a'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], ...change }] });
const endpoint = (change: object) => ({ endpoints: [{ addresses: ['10.1.2.3'], ...change }] });
const queuing = (change: object) => ({ spec: { limited: { limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50, ...change } } } } });

beforeAll(loadExpressions);

const CREATES: readonly Row[] = [
  ['ingresses', {}, []],
  ['ingresses', { spec: { rules: null } }, ['spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified']],
  ['ingresses', backend({ name: 'web', port: {} }), ['spec.defaultBackend: Required value: port name or number is required']],
  ['ingresses', backend({ name: 'web', port: { name: 'a', number: 80 } }), ['spec.defaultBackend: Invalid value: "": cannot set both port name & port number']],
  ['ingresses', backend({ port: { number: 80 } }), ['spec.defaultBackend.service.name: Required value']],
  ['ingresses', { spec: { rules: null, defaultBackend: {} } }, ['spec.defaultBackend: Invalid value: "": resource or service backend is required']],
  ['ingresses', { spec: { rules: null, defaultBackend: { resource: { apiGroup: 'A', kind: 'a/b', name: '' } } } }, [`spec.defaultBackend.resource.apiGroup: Invalid value: "A": ${SUBDOMAIN}`, 'spec.defaultBackend.resource.kind: Invalid value: "a/b": may not contain \'/\'', 'spec.defaultBackend.resource.name: Required value']],
  ['ingresses', path({ pathType: null, backend: null }), ['spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified']],
  ['ingresses', path({ path: 'a//b/..' }), ['spec.rules[0].http.paths[0].path: Invalid value: "a//b/..": must be an absolute path', "spec.rules[0].http.paths[0].path: Invalid value: \"a//b/..\": must not contain '//'", "spec.rules[0].http.paths[0].path: Invalid value: \"a//b/..\": cannot end with '/..'"]],
  ['ingresses', path({ pathType: 'Regex' }), ['spec.rules[0].http.paths[0].pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"']],
  ['ingresses', { spec: { rules: [{ host: '10.0.0.1' }, { host: '*' }] } }, ['spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address', expect.stringMatching(/^spec\.rules\[1\]\.host: Invalid value: "\*": a wildcard DNS-1123 subdomain must start with/) as string]],
  ['ingresses', { spec: { tls: [{ hosts: ['a'], secretName: 'A_b' }] } }, [`spec.tls[0].secretName: Invalid value: "A_b": ${SUBDOMAIN}`]],
  ['ingresses', { metadata: { annotations: { 'kubernetes.io/ingress.class': 'other' } } }, ['annotations.kubernetes.io/ingress.class: Invalid value: "other": must match `ingressClassName` when both are specified']],
  ['ingresses', { metadata: { annotations: { 'kubernetes.io/ingress.class': 'ingressclass' } } }, []],
  ['ingressclasses', { spec: { controller: 'plain' } }, ['spec.controller: Invalid value: "plain": must be a domain-prefixed path (such as "acme.io/foo")']],
  ['ingressclasses', { spec: { controller: null } }, ['spec.controller: Required value']],
  ['ingressclasses', { spec: { parameters: { kind: 'K', name: 'n', scope: 'Namespace' } } }, ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"]],
  ['ingressclasses', { spec: { parameters: { kind: 'K', name: 'n', namespace: 'a' } } }, ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"]],
  ['ingressclasses', { spec: { parameters: { kind: '', name: 'n', scope: 'Everywhere' } } }, ['spec.parameters.kind: Required value', 'spec.parameters.scope: Unsupported value: "Everywhere": supported values: "Cluster", "Namespace"']],
  ['networkpolicies', { spec: { ingress: [{ from: [{}] }] } }, ['spec.ingress[0].from[0]: Required value: must specify a peer']],
  ['networkpolicies', { spec: { ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] } }, ['spec.ingress[0].from[0]: Forbidden: may not specify both ipBlock and another peer']],
  ['networkpolicies', { spec: { egress: [{ to: [{ ipBlock: { cidr: 'fd00:192:168::/48', except: ['fd00:192:168::/49', 'fd00:192:169::/49', '10.0.0.0/8'] } }] }] } }, ['spec.egress[0].to[0].ipBlock.except[1]: Invalid value: "fd00:192:169::/49": must be a strict subset of `cidr`', 'spec.egress[0].to[0].ipBlock.except[2]: Invalid value: "10.0.0.0/8": must be a strict subset of `cidr`']],
  ['networkpolicies', { spec: { ingress: [{ ports: [{ port: 80, endPort: 79 }, { endPort: 9 }, { port: 'http', endPort: 9 }, { protocol: 'ICMP' }] }] } }, ['spec.ingress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`', 'spec.ingress[0].ports[1].endPort: Invalid value: 9: may not be specified when `port` is not specified', 'spec.ingress[0].ports[2].endPort: Invalid value: 9: may not be specified when `port` is non-numeric', 'spec.ingress[0].ports[3].protocol: Unsupported value: "ICMP": supported values: "TCP", "UDP", "SCTP"']],
  ['networkpolicies', { spec: { policyTypes: ['Ingress', 'Egress', 'Both'] } }, ['spec.policyTypes: Invalid value: []networking.PolicyType{"Ingress", "Egress", "Both"}: may not specify more than two policyTypes']],
  ['ipaddresses', { spec: { parentRef: null } }, ['spec.parentRef: Required value']],
  ['ipaddresses', { spec: { parentRef: { resource: '', name: 'a/b' } } }, ['spec.parentRef.resource: Required value', 'spec.parentRef.name: Invalid value: "a/b": may not contain \'/\'']],
  ['servicecidrs', { spec: { cidrs: [] } }, ['spec.cidrs: Required value: at least one CIDR required']],
  ['servicecidrs', { spec: { cidrs: ['10.0.0.1/24'] } }, ['spec.cidrs[0]: Invalid value: "10.0.0.1/24": must not have bits set beyond the prefix length']],
  ['servicecidrs', { spec: { cidrs: ['FD00:1234::/64'] } }, ['spec.cidrs[0]: Invalid value: "FD00:1234::/64": must be in canonical form ("fd00:1234::/64")']],
  ['servicecidrs', { spec: { cidrs: ['10.0.0.0/24', '10.1.0.0/24'] } }, ['spec.cidrs: Invalid value: []string{"10.0.0.0/24", "10.1.0.0/24"}: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64']],

  ['poddisruptionbudgets', { spec: { maxUnavailable: 1 } }, [expect.stringMatching(/^spec: Invalid value: policy\.PodDisruptionBudgetSpec.*: minAvailable and maxUnavailable cannot be both set$/) as string]],
  ['poddisruptionbudgets', { spec: { minAvailable: '110%', unhealthyPodEvictionPolicy: 'Never' } }, ['spec.minAvailable: Invalid value: intstr.IntOrString{Type:1, IntVal:0, StrVal:"110%"}: must not be greater than 100%', 'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"']],

  ['horizontalpodautoscalers.v2', { spec: { minReplicas: 0, maxReplicas: 0, scaleTargetRef: { kind: '', name: '..' } } }, ['spec.minReplicas: Invalid value: 0: must be greater than or equal to 1', 'spec.maxReplicas: Invalid value: 0: must be greater than 0', 'spec.scaleTargetRef.kind: Required value', "spec.scaleTargetRef.name: Invalid value: \"..\": may not be '..'", 'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas']],
  ['horizontalpodautoscalers.v2', metric({ type: 'Resource', pods: { metric: { name: '' }, target: { type: 'Value', averageValue: '0' } } }), ['spec.metrics[0].pods.metric.name: Required value: must specify a metric name', 'spec.metrics[0].pods.target.averageValue: Invalid value: 0: must be positive', 'spec.metrics[0].resource: Required value: must populate information for the given metric source']],
  ['horizontalpodautoscalers.v2', metric({ type: 'External', external: { metric: { name: 'queue' }, target: { type: 'Value', value: '1', averageValue: '1' } } }), ['spec.metrics[0].external.target.value: Forbidden: may not set both a target value for metric and a per-pod target']],
  ['horizontalpodautoscalers.v2', metric({ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'A', target: { type: 'Utilization' } } }), [expect.stringMatching(/^spec\.metrics\[0\]\.containerResource\.container: Invalid value: "A": a lowercase RFC 1123 label/) as string, 'spec.metrics[0].containerResource.target.averageUtilization: Required value: must set either a target raw value or a target utilization']],
  ['horizontalpodautoscalers.v2', { spec: { behavior: { scaleUp: { stabilizationWindowSeconds: 3601, selectPolicy: 'Some', policies: [{ type: 'Part', value: 0, periodSeconds: 1801 }] } } } }, ['spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600', 'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Some": supported values: "Disabled", "Max", "Min"', 'spec.behavior.scaleUp.policies[0].type: Unsupported value: "Part": supported values: "Percent", "Pods"', 'spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero', 'spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 1801: must be less than or equal to 1800']],

  ['storageclasses', { provisioner: '', reclaimPolicy: 'Recycle', volumeBindingMode: 'Later' }, ['provisioner: Required value', 'reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"', 'volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"']],
  ['storageclasses', { parameters: { '': 'a' }, allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: ['a', 'a'] }, { key: 'zone', values: [] }] }] }, ['parameters: Invalid value: "": field can not be empty.', 'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"', 'allowedTopologies[0].matchLabelExpressions[1].values: Required value', 'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"']],
  ['csidrivers', { spec: { fsGroupPolicy: 'All', volumeLifecycleModes: ['Forever'], tokenRequests: [{ audience: 'a', expirationSeconds: 60 }, { audience: 'a' }] } }, ['spec.fsGroupPolicy: Unsupported value: "All": supported values: "File", "None", "ReadWriteOnceWithFSType"', 'spec.tokenRequests[0].expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes', 'spec.tokenRequests[1].audience: Duplicate value: "a"', 'spec.volumeLifecycleModes: Unsupported value: "Forever": supported values: "Persistent", "Ephemeral"']],
  ['csinodes', { spec: { drivers: [{ name: 'a', nodeID: '' }, { name: 'a', nodeID: 'n', topologyKeys: ['x', 'x'], allocatable: { count: -1 } }] } }, ['spec.drivers[0].nodeID: Required value', 'spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0', 'spec.drivers[1].name: Duplicate value: "a"', 'spec.drivers[1]: Duplicate value: "x"']],
  ['csistoragecapacities', { storageClassName: 'A', capacity: '-1' }, [`storageClassName: Invalid value: "A": ${SUBDOMAIN}`, 'capacity: Invalid value: "-1": must be greater than or equal to 0']],
  ['volumeattachments', { spec: { attacher: '', source: { persistentVolumeName: null } } }, ['spec.attacher: Required value', 'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName', 'spec.attacher: Required value']],
  ['volumeattachments', { spec: { attacher: 'a_b', nodeName: 'A', source: { persistentVolumeName: 'B' } } }, [`spec.nodeName: Invalid value: "A": ${SUBDOMAIN}`, `spec.attacher: Invalid value: "a_b": ${SUBDOMAIN}`, `spec.source.persistentVolumeName: Invalid value: "B": ${SUBDOMAIN}`]],

  ['priorityclasses', { metadata: { name: 'system-mine' } }, ["metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class"]],
  ['priorityclasses', { metadata: { name: 'system-node-critical' } }, ["metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000"]],
  ['priorityclasses', { value: 1000000001, preemptionPolicy: 'Always' }, ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000', 'preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"']],
  ['runtimeclasses', { handler: '' }, ['handler: Required value']],
  ['runtimeclasses', { scheduling: { nodeSelector: { a: '#' }, tolerations: [{ key: 'a', operator: 'Exists' }, { key: 'a', operator: 'Exists' }] } }, [expect.stringMatching(/^scheduling\.nodeSelector: Invalid value: "#": a valid label must be/) as string, 'scheduling.tolerations[1]: Duplicate value: core.Toleration{Key:"a", Operator:"Exists", Value:"", Effect:"", TolerationSeconds:(*int64)(nil)}']],

  ['endpointslices', { addressType: 'Postal' }, ['addressType: Unsupported value: "Postal": supported values: "FQDN", "IPv4", "IPv6"']],
  ['endpointslices', endpoint({ addresses: ['2001:db8::1', '127.0.0.1'] }), ['endpoints[0].addresses: Invalid value: "2001:db8::1": must be an IPv4 address', 'endpoints[0].addresses[1]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)']],
  ['endpointslices', endpoint({ addresses: [], hostname: 'A.b', hints: { forZones: [{ name: 'a' }, { name: 'a' }] } }), ['endpoints[0].addresses: Required value: must contain at least 1 address', expect.stringMatching(/^endpoints\[0\]\.hostname: Invalid value: "A\.b": a lowercase RFC 1123 label/) as string, 'endpoints[0].hints.forZones[1].name: Duplicate value: "a"']],
  ['endpointslices', { addressType: 'FQDN', endpoints: [{ addresses: ['host'] }] }, ['endpoints[0].addresses[0]: Invalid value: "host": should be a domain with at least two segments separated by dots']],
  ['endpointslices', { ports: [{ name: 'a', protocol: 'ICMP' }, { name: 'a', appProtocol: '-' }] }, ['ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"', 'ports[1].name: Duplicate value: "a"', `ports[1].appProtocol: Invalid value: "-": ${QUALIFIED}`]],

  ['clusterrolebindings', { subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: '' }] }, ['subjects[0].name: Required value', 'subjects[0].name: Invalid value: "": group name cannot be empty']],
  ['clusterrolebindings', { roleRef: { apiGroup: 'x', kind: 'Role', name: '' }, subjects: [{ kind: 'Robot', name: '' }, { kind: 'ServiceAccount', name: 'a' }] }, ['roleRef.apiGroup: Unsupported value: "x": supported values: "rbac.authorization.k8s.io"', 'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"', 'roleRef.name: Required value', 'subjects[0].name: Required value', 'subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"', 'subjects[1].namespace: Required value']],
  ['roles', { rules: [{ verbs: [], nonResourceURLs: ['/a'] }, { verbs: ['get'] }] }, ['rules[0].verbs: Required value: verbs must contain at least one value', 'rules[0].nonResourceURLs: Invalid value: []string{"/a"}: namespaced rules cannot apply to non-resource URLs', 'rules[1].apiGroups: Required value: resource rules must supply at least one api group', 'rules[1].resources: Required value: resource rules must supply at least one resource']],

  ['validatingwebhookconfigurations', webhook({ name: 'a.b', sideEffects: null, timeoutSeconds: 31, failurePolicy: 'Maybe' }), ['webhooks[0].name: Invalid value: "a.b": should be a domain with at least three segments separated by dots', 'webhooks[0].failurePolicy: Unsupported value: "Maybe": supported values: "Fail", "Ignore"', 'webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun', 'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds']],
  ['validatingwebhookconfigurations', webhook({ admissionReviewVersions: ['v2', 'v2'] }), ['webhooks[0].admissionReviewVersions[1]: Invalid value: "v2": duplicate version', 'webhooks[0].admissionReviewVersions: Invalid value: []string{"v2", "v2"}: must include at least one of v1, v1beta1']],
  ['validatingwebhookconfigurations', webhook({ clientConfig: {} }), ['webhooks[0].clientConfig: Required value: exactly one of url or service is required']],
  ['validatingwebhookconfigurations', webhook({ clientConfig: { url: 'http://me@/path?a=b#c' } }), ["webhooks[0].clientConfig.url: Invalid value: \"http\": 'https' is the only allowed URL scheme; desired format: https://host[/path]", 'webhooks[0].clientConfig.url: Invalid value: "": host must be specified; desired format: https://host[/path]', 'webhooks[0].clientConfig.url: Invalid value: "me": user information is not permitted in the URL', 'webhooks[0].clientConfig.url: Invalid value: "c": fragments are not permitted in the URL', 'webhooks[0].clientConfig.url: Invalid value: "a=b": query parameters are not permitted in the URL']],
  ['validatingwebhookconfigurations', webhook({ clientConfig: { service: { name: 'n', namespace: 'ns', path: 'a//b', port: 0 } } }), ['webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive', 'webhooks[0].clientConfig.service.path: Invalid value: "a//b": must start with a \'/\'', 'webhooks[0].clientConfig.service.path: Invalid value: "a//b": segment[0] may not be empty', 'webhooks[0].clientConfig.service.path: Invalid value: "a//b": segment[1] may not be empty']],
  ['validatingwebhookconfigurations', rule({ operations: ['*', 'CREATE'], apiGroups: ['*', 'a'], apiVersions: [''], resources: ['pods', '*', 'a/*', 'a/b', '*/*'], scope: 'Some' }), ['webhooks[0].rules[0].operations: Invalid value: []admissionregistration.OperationType{"*", "CREATE"}: if \'*\' is present, must not specify other operations', 'webhooks[0].rules[0].apiGroups: Invalid value: []string{"*", "a"}: if \'*\' is present, must not specify other API groups', 'webhooks[0].rules[0].apiVersions[0]: Required value', "webhooks[0].rules[0].resources[3]: Invalid value: \"a/b\": if 'a/*' is present, must not specify a/b", 'webhooks[0].rules[0].resources: Invalid value: []string{"pods", "*", "a/*", "a/b", "*/*"}: if \'*/*\' is present, must not specify other resources', 'webhooks[0].rules[0].scope: Unsupported value: "Some": supported values: "*", "Cluster", "Namespaced"']],
  ['validatingwebhookconfigurations', webhook({ matchConditions: [{ name: 'a', expression: ' ' }, { name: 'a', expression: 'true' }] }), ['webhooks[0].matchConditions[0].expression: Required value', 'webhooks[0].matchConditions[1].name: Duplicate value: "a"']],
  ['mutatingwebhookconfigurations', webhook({ reinvocationPolicy: 'Always' }), ['webhooks[0].reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"']],
  ['validatingadmissionpolicies', { spec: { matchConstraints: null, validations: null } }, ['spec.matchConstraints: Required value', 'spec.validations: Required value: validations or auditAnnotations must contain at least one item', 'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item']],
  ['validatingadmissionpolicies', { spec: { paramKind: { apiVersion: 'a/b/c', kind: '9' }, variables: [{ name: 'in', expression: '1' }], validations: [{ expression: '', message: 'a\nb', reason: 'Because' }] } }, ['spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c', expect.stringMatching(/^spec\.paramKind\.kind: Invalid value: "9": may have mixed case, but should otherwise match: a DNS-1035 label/) as string, 'spec.variables[0].name: Invalid value: "in": name is not a valid CEL identifier', 'spec.validations[0].expression: Required value: expression is not specified', 'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks', 'spec.validations[0].reason: Unsupported value: "Because": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"']],
  ['validatingadmissionpolicies', { spec: { matchConditions: [{ name: '', expression: ' object. ' }], variables: [{ name: 'later', expression: 'variables.sum' }, { name: 'sum', expression: '1 + 2' }], validations: [{ expression: "variables.sum == 'x'", messageExpression: '5', message: ' ' }], auditAnnotations: [{ key: 'k', valueExpression: ' 5' }] } }, [
    expect.stringMatching(/^spec\.matchConditions\[0\]\.expression: Invalid value: "object\.": compilation failed: ERROR: <input>:1:8: Syntax error/) as string, 'spec.matchConditions[0].name: Required value',
    expect.stringContaining("spec.variables[0].expression: Invalid value: \"variables.sum\": compilation failed: ERROR: <input>:1:10: undefined field 'sum'") as string,
    expect.stringContaining("spec.validations[0].expression: Invalid value: \"variables.sum == 'x'\": compilation failed: ERROR: <input>:1:15: found no matching overload for '_==_' applied to '(int, string)'") as string,
    'spec.validations[0].messageExpression: Invalid value: "5": must evaluate to string but got int', 'spec.validations[0].message: Invalid value: " ": message must be non-empty if specified',
    expect.stringMatching(/^spec\.auditAnnotations\[0\]\.valueExpression: Invalid value: " 5": must evaluate to one of \[string null/) as string,
  ]],
  ['validatingadmissionpolicies', { spec: { variables: null, validations: [{ expression: 'variables.x' }] } }, [expect.stringContaining("spec.validations[0].expression: Invalid value: \"variables.x\": compilation failed: ERROR: <input>:1:1: undeclared reference to 'variables'") as string]],
  ['mutatingwebhookconfigurations', webhook({ reinvocationPolicy: 'Always', clientConfig: {} }), ['webhooks[0].reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"', 'webhooks[0].clientConfig: Required value: exactly one of url or service is required']],
  ['validatingadmissionpolicybindings', { spec: { policyName: '', validationActions: ['Deny', 'Warn'], paramRef: { name: 'a', selector: {} } } }, ['spec.policyName: Required value', 'spec.paramRef.name: Forbidden: name and selector are mutually exclusive', 'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive', 'spec.paramRef.parameterNotFoundAction: Required value', 'spec.validationActions: Invalid value: []admissionregistration.ValidationAction{"Deny", "Warn"}: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)']],
  ['validatingadmissionpolicybindings', { spec: { validationActions: [] } }, ['spec.validationActions: Required value: at least one validation action is required']],

  ['apiservices', { metadata: { name: 'v2.example.com' }, spec: { groupPriorityMinimum: 0, versionPriority: 2000, service: null } }, ['metadata.name: Invalid value: "v2.example.com": must be `spec.version+"."+spec.group`: "v1.example.com"', 'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000', 'spec.versionPriority: Invalid value: 2000: must be positive and less than 1000', 'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify']],

  ['flowschemas', { spec: { matchingPrecedence: 1, priorityLevelConfiguration: { name: '' }, rules: [{ subjects: [], resourceRules: [] }] } }, ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1", 'spec.priorityLevelConfiguration.name: Required value: must reference a priority level', 'spec.rules[0].subjects: Required value: subjects must contain at least one value', 'spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty']],
  ['flowschemas', { spec: { rules: [{ subjects: [{ kind: 'Group', user: { name: 'a' } }], nonResourceRules: [{ verbs: ['feed'], nonResourceURLs: ['a', '/a//b', '/a*'] }] }] } }, ["spec.rules[0].subjects[0].group: Required value: group is required when subject kind is 'Group'", "spec.rules[0].subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'", 'spec.rules[0].nonResourceRules[0].verbs: Unsupported value: []string{"feed"}: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"', 'spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "a": must start with slash', 'spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a//b": must not contain double slash', 'spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/a*": wildcard can only do suffix matching']],
  ['flowschemas', { metadata: { name: 'catch-all' } }, [expect.stringMatching(/^spec: Invalid value: flowcontrol\.FlowSchemaSpec\{.*\}: spec of 'catch-all' must equal the fixed value$/s) as string]],
  ['prioritylevelconfigurations', { spec: { type: 'Exempt' } }, ["spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'", 'spec.limited: Forbidden: must be nil if the type is not Limited']],
  ['prioritylevelconfigurations', { spec: { limited: { lendablePercent: 101, borrowingLimitPercent: -1, limitResponse: { type: 'Queue' } } } }, ['spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited', 'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive', 'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer']],
  ['prioritylevelconfigurations', queuing({ queues: 4 }), ['spec.limited.limitResponse.queuing.handSize: Invalid value: 8: should not be greater than queues (4)']],
  ['prioritylevelconfigurations', queuing({ queues: 512, handSize: 8 }), ['spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60']],

  ['certificatesigningrequests', { spec: { usages: ['client auth', 'client auth', 'cooking'], signerName: 'plain', expirationSeconds: 60 } }, [expect.stringMatching(/^spec\.usages\[2\]: Unsupported value: "cooking": supported values: "any", "cert sign"/) as string, 'spec.usages[1]: Duplicate value: "client auth"', "spec.signerName: Invalid value: \"plain\": must be a fully qualified domain and path of the form 'example.com/signer-name'", 'spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)']],
  ['certificatesigningrequests', { spec: { request: 'AA==', signerName: 'kubernetes.io/legacy-unknown' } }, ['spec.request: Invalid value: []byte{0x0}: PEM block type must be CERTIFICATE REQUEST', 'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version']],
];

test.each(CREATES.map((row, i) => [`${i} ${row[0]} ${JSON.stringify(row[1])}`, row] as const))('%s', (_, [resource, patch, expected]) => {
  expect(faults(changed(resource, patch))).toEqual(expected);
});

test('a port by name that is none: first the range is refused', () => {
  expect(faults(changed('networkpolicies', { spec: { ingress: [{ ports: [{ port: 'http-is-far-too-long', endPort: 9 }] }] } }))).toEqual(['spec.ingress[0].ports[0].endPort: Invalid value: 9: may not be specified when `port` is non-numeric', 'spec.ingress[0].ports[0].port: Invalid value: "http-is-far-too-long": must be no more than 15 characters']);
});

test.each<[string, object, readonly string[]]>([
  ['storageclasses', { allowedTopologies: [{ matchLabelExpressions: [{ key: 'topology.kubernetes.io/zone', values: ['a'] }, { key: 'failure-domain.beta.kubernetes.io/zone', values: ['a'] }] }] }, ['allowedTopologies[0].matchLabelExpressions[1].key: deprecated since v1.17; use "topology.kubernetes.io/zone" instead']],
  ['csistoragecapacities', { nodeTopology: { matchExpressions: [{ key: 'beta.kubernetes.io/os', operator: 'Exists' }], matchLabels: { 'beta.kubernetes.io/arch': 'arm64' } } }, ['nodeTopology.matchExpressions[0].key: beta.kubernetes.io/os is deprecated since v1.14; use "kubernetes.io/os" instead', 'nodeTopology.matchLabels.beta.kubernetes.io/arch: deprecated since v1.14; use "kubernetes.io/arch" instead']],
  ['runtimeclasses', { scheduling: { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } } }, ['scheduling.nodeSelector: deprecated since v1.14; use "kubernetes.io/os" instead']],
  ['endpointslices', { addressType: 'FQDN', endpoints: [{ addresses: ['example.com'] }] }, ['spec.addressType: FQDN endpoints are deprecated']],
  ['endpointslices', endpoint({ addresses: ['010.1.2.3'] }), ['endpoints[0].addresses[0]: non-standard IP address "010.1.2.3" will be considered invalid in a future Kubernetes release: use "10.1.2.3"']],
  ['endpointslices', { metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' } }, ...endpoint({ addresses: ['010.1.2.3'] }) }, []],
])('what is said of %s: %j', (resource, patch, expected) => {
  expect(warningsOf(changed(resource, patch))).toEqual(expected);
});

const RULES = { scaleUp: { tolerance: '0.1' }, scaleDown: { tolerance: '0.2', selectPolicy: 'Min' } };

/** Fields of features that are off are taken where they were before. */
test.each<[string, object, readonly (string | number)[]]>([
  ['horizontalpodautoscalers.v2', { spec: { behavior: RULES } }, ['spec', 'behavior', 'scaleDown', 'tolerance']],
  ['endpointslices', endpoint({ hints: { forNodes: [{ name: 'n' }] } }), ['endpoints', 0, 'hints', 'forNodes']],
  ['csidrivers', { spec: { nodeAllocatableUpdatePeriodSeconds: 20 } }, ['spec', 'nodeAllocatableUpdatePeriodSeconds']],
  ['leases', { spec: { strategy: 'OldestEmulationVersion' } }, ['spec', 'strategy']],
  ['leases', { spec: { preferredHolder: 'me' } }, ['spec', 'preferredHolder']],
])('%s %j: dropped, unless it was there before', (resource, patch, way) => {
  const at = (object: unknown): unknown => way.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], object);
  const given = changed(resource, patch) as KubeObject;
  expect(at(created(given))).toBeUndefined();
  expect(at(updated(created<KubeObject>(fixture(resource)), (object) => void Object.assign(object, draft(given))).object)).toBeUndefined();
  expect(at(updated(given, () => undefined).object)).toEqual(at(given));
});

test('codes of errors of volume attachments are not kept', () => {
  const old = created<KubeObject>(fixture('volumeattachments'));
  const attachment = { ...draft(old), status: { attached: false, attachError: { message: 'no', errorCode: 8 } } } as Draft<VolumeAttachment>;
  const resource = resourceAt('storage.k8s.io', 'v1', 'volumeattachments') as ResourceFacts;
  strategyFor(resource).prepareForStatusUpdate?.(attachment as Draft<KubeObject>, old, { resource, nowMs: NOW, user: { username: 'me', groups: [] }, warn: () => undefined });
  expect(attachment.status?.attachError).toEqual({ message: 'no' });
});

test('the topology of older slices goes with the first change of endpoints', () => {
  const old = changed('endpointslices', endpoint({ deprecatedTopology: { zone: 'a' } })) as EndpointSlice;
  expect(created<EndpointSlice>(old).endpoints[0]).not.toHaveProperty('deprecatedTopology');
  expect(updated(old, (slice) => void (slice.metadata = { ...slice.metadata, labels: { a: 'b' } })).object.endpoints[0]).toHaveProperty('deprecatedTopology');
  expect(updated(old, (slice) => void slice.endpoints.push({ addresses: ['10.1.2.4'] })).object.endpoints[0]).not.toHaveProperty('deprecatedTopology');
});

test('every fixture is without fault', () => {
  for (const { name, object, resource } of KIND_FIXTURES) {
    // Objects are checked in the version in which they are stored.
    const stored = conversionOf(resource)?.toStorage(draft(object)) ?? object;
    if (object.kind !== 'Binding') expect([name, faults(stored)]).toEqual([name, []]);
  }
});

const UPDATES: readonly Row[] = [
  ['ingressclasses', { spec: { controller: 'example.com/other' } }, ['spec.controller: Invalid value: "example.com/other": field is immutable']],
  ['ipaddresses', { spec: { parentRef: { name: 'other' } } }, ['spec.parentRef: Invalid value: networking.ParentReference{Group:"", Resource:"services", Namespace:"default", Name:"other"}: field is immutable']],
  ['servicecidrs', { spec: { cidrs: ['192.168.1.0/24'] } }, ['spec.cidrs[0]: Invalid value: "192.168.1.0/24": field is immutable']],
  ['servicecidrs', { spec: { cidrs: ['192.168.0.0/24', '2001:db8::/64'] } }, []],
  ['servicecidrs', { spec: { cidrs: [] } }, ['spec.cidrs: Invalid value: []string{}: field is immutable']],
  ['clusterrolebindings', { roleRef: { name: 'edit' } }, ['roleRef: Invalid value: rbac.RoleRef{APIGroup:"rbac.authorization.k8s.io", Kind:"ClusterRole", Name:"edit"}: cannot change roleRef']],
  ['storageclasses', { provisioner: 'other', parameters: { a: 'b' }, reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' }, ['parameters: Forbidden: updates to parameters are forbidden.', 'provisioner: Forbidden: updates to provisioner are forbidden.', 'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.', 'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable']],
  ['csidrivers', { spec: { attachRequired: true, volumeLifecycleModes: ['Ephemeral'] } }, ['spec.attachedRequired: Invalid value: true: field is immutable', 'spec.volumeLifecycleModes: Invalid value: []storage.VolumeLifecycleMode{"Ephemeral"}: field is immutable']],
  ['csistoragecapacities', { storageClassName: 'other' }, ['storageClassName: Invalid value: "other": field is immutable']],
  ['priorityclasses', { value: 2, preemptionPolicy: 'Never' }, ['value: Forbidden: may not be changed in an update.', 'preemptionPolicy: Invalid value: "Never": field is immutable']],
  ['runtimeclasses', { handler: '' }, ['handler: Required value', 'handler: Invalid value: "": field is immutable']],
  ['runtimeclasses', { handler: 'other' }, ['handler: Invalid value: "other": field is immutable']],
  ['endpointslices', { addressType: 'IPv6', endpoints: [] }, ['addressType: Invalid value: "IPv6": field is immutable']],
];

test.each(UPDATES)('a change of %s: %j', (resource, patch, expected) => {
  const old = created<KubeObject>(fixture(resource));
  const { faults: found } = updated(old, (object: Draft<KubeObject>) => void Object.assign(object, applyMergePatch(draft(old), patch as JsonMap)));
  expect(found).toEqual(expected);
});
