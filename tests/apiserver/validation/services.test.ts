/** Cases of kubernetes pkg/apis/core/validation/validation_test.go and pkg/api/service/warnings_test.go about Services, as facts. */
import type { Service } from '../../../src/api/generated/types.ts';
import { created, faults, statusFaults, updated, warningsOf } from './support.ts';

const service = (spec: object = {}, annotations: Record<string, string> = {}): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 's', namespace: 'default', annotations },
  spec: { ports: [{ port: 80, protocol: 'TCP' }], ...spec },
});
const LB = { type: 'LoadBalancer', externalTrafficPolicy: 'Cluster' };

test.each<[string, object, string[]]>([
  ['no ports', { ports: [] }, ['spec.ports: Required value']],
  ['headless without ports', { ports: [], clusterIP: 'None' }, []],
  ['headless NodePort', { type: 'NodePort', clusterIP: 'None' }, [`spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for NodePort services`]],
  ['two ports without names', { ports: [{ port: 80 }, { port: 81, name: 'a' }] }, ['spec.ports[0].name: Required value']],
  ['the same twice', { ports: [{ port: 80, name: 'a' }, { port: 80, name: 'a' }] }, [
    'spec.ports[1].name: Duplicate value: "a"',
    'spec.ports[1]: Duplicate value: core.ServicePort{Name:"", Protocol:"TCP", AppProtocol:(*string)(nil), Port:80, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}',
  ]],
  ['affinity for too long', { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86401 } } }, ['spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400']],
  ['an address and another', { clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.6'] }, ['spec.clusterIPs: Invalid value: []string{"10.96.0.6"}: first value must match `clusterIP`']],
  ['addresses without the first', { clusterIPs: ['10.96.0.6'] }, ['spec.clusterIPs: Invalid value: []string{"10.96.0.6"}: must be empty when `clusterIP` is not specified']],
  ['three addresses', { clusterIP: '1.2.3.4', clusterIPs: ['1.2.3.4', '::1', '1.2.3.5'] }, ['spec.clusterIPs: Invalid value: []string{"1.2.3.4", "::1", "1.2.3.5"}: may only hold up to 2 values']],
  ['two of a family', { clusterIP: '1.2.3.4', clusterIPs: ['1.2.3.4', '1.2.3.5'] }, ['spec.clusterIPs: Invalid value: []string{"1.2.3.4", "1.2.3.5"}: may specify no more than one IP for each IP family']],
  ['families', { ipFamilies: ['IPv4', 'IPv4', 'IPv5'], ipFamilyPolicy: 'Both' }, [
    'spec.ipFamilies[1]: Duplicate value: "IPv4"',
    'spec.ipFamilies[2]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
    'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
  ]],
  ['external addresses', { externalIPs: ['127.0.0.1', 'x'] }, [
    'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
    'spec.externalIPs[1]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
  ]],
  ['a node port without need', { ports: [{ port: 80, nodePort: 30000 }] }, ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]],
  ['balanced, not balanced', { loadBalancerSourceRanges: ['10.0.0.0/8'], allocateLoadBalancerNodePorts: true, loadBalancerClass: 'a/b', healthCheckNodePort: 30000, externalTrafficPolicy: 'Local' }, [
    "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
    "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
    "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    "spec.healthCheckNodePort: Invalid value: 30000: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
  ]],
  ['a health check outside ports', { ...LB, externalTrafficPolicy: 'Local', healthCheckNodePort: 70000 }, ['spec.healthCheckNodePort: Invalid value: 70000: must be between 1 and 65535, inclusive']],
  ['traffic', { ...LB, externalTrafficPolicy: 'x', internalTrafficPolicy: 'y', trafficDistribution: 'PreferSameNode' }, [
    'spec.externalTrafficPolicy: Unsupported value: "x": supported values: "Cluster", "Local"',
    'spec.internalTrafficPolicy: Unsupported value: "y": supported values: "Cluster", "Local"',
    'spec.trafficDistribution: Unsupported value: "PreferSameNode": supported values: "PreferClose"',
  ]],
  ['external name with addresses', { type: 'ExternalName', externalName: '-', clusterIP: '1.2.3.4', ipFamilies: ['IPv4'] }, [
    'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
    'spec.ipFamilies: Forbidden: may not be set for ExternalName services',
    expect.stringContaining('spec.externalName: Invalid value: "-"') as unknown as string,
  ]],
  ['external name without it', { type: 'ExternalName', ports: [] }, ['spec.externalName: Required value']],
])('a Service: %s', (_, spec, expected) => {
  expect(faults(service(spec))).toEqual(expected);
});

test('annotations that contradict each other', () => {
  const hints = { 'service.kubernetes.io/topology-aware-hints': 'Auto', 'service.kubernetes.io/topology-mode': 'Disabled' };
  expect(faults(service({}, hints))).toEqual(['metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: "Disabled": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified']);
});

test.each<[string, object, object, string[]]>([
  ['the class of a load balancer', { ...LB, loadBalancerClass: 'a/b' }, { loadBalancerClass: 'a/c' }, ['spec.loadBalancerClass: Invalid value: "a/c": may not change once set']],
  ['the health port', { ...LB, externalTrafficPolicy: 'Local', healthCheckNodePort: 30000 }, { healthCheckNodePort: 30001 }, ['spec.healthCheckNodePort: Forbidden: field is immutable']],
  ['the address', { clusterIP: '1.2.3.4', ipFamilies: ['IPv4'] }, { clusterIP: '1.2.3.5' }, ['spec.clusterIPs[0]: Invalid value: []string{"1.2.3.5"}: may not change once set']],
  ['the family', { clusterIP: '1.2.3.4', ipFamilies: ['IPv4'] }, { ipFamilies: ['IPv6'] }, [
    'spec.ipFamilies[0]: Invalid value: []core.IPFamily{"IPv6"}: may not change once set',
    'spec.clusterIPs[0]: Invalid value: "1.2.3.4": expected an IPv6 value as indicated by `ipFamilies[0]`',
  ]],
  ['a range that was wrong before', { ...LB, loadBalancerSourceRanges: ['a'] }, { loadBalancerSourceRanges: ['a', 'b'] }, ['spec.LoadBalancerSourceRanges[1]: Invalid value: "b": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)']],
])('a change of %s', (_, before, change, expected) => {
  expect(updated(created<Service>(service(before)), (object) => Object.assign(object.spec ?? {}, change)).faults).toEqual(expected);
});

test('what a type no longer needs goes with it; node ports stay with their names', () => {
  const old = created<Service>(service({ ...LB, loadBalancerClass: 'a/b', clusterIP: '1.2.3.4', ports: [{ name: 'a', port: 80, nodePort: 30001 }, { name: 'b', port: 81, nodePort: 30002 }] }));
  const { object } = updated(old, (now) => Object.assign(now.spec ?? {}, { type: 'ExternalName', externalName: 'x.y' }));
  expect(object.spec).toEqual({ type: 'ExternalName', externalName: 'x.y', ports: [{ name: 'a', port: 80, protocol: 'TCP', targetPort: 80 }, { name: 'b', port: 81, protocol: 'TCP', targetPort: 81 }], sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' });
  const renumbered = updated(old, (now) => Object.assign(now.spec ?? {}, { ports: [{ name: 'b', port: 90 }, { name: 'c', port: 91 }, { name: 'a', port: 80, nodePort: 30002 }] }));
  expect(renumbered.object.spec?.ports?.map((port) => port.nodePort)).toEqual([undefined, undefined, 30002]);
});

test('a load balancer tells of itself what is right', () => {
  const status = { loadBalancer: { ingress: [{ ip: 'x', ipMode: 'VIP' }, { ip: '1.2.3.4' }, { hostname: '1.2.3.4', ipMode: 'VIP' }] } };
  expect(statusFaults(created<Service>(service(LB)), status)).toEqual([
    'status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    'status.loadBalancer.ingress[1].ipMode: Required value: must be specified when `ip` is set',
    'status.loadBalancer.ingress[2].ipMode: Forbidden: may not be specified when `ip` is not set',
    'status.loadBalancer.ingress[2].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
  ]);
  expect(statusFaults(created<Service>(service()), status)).toEqual(["status.loadBalancer.ingress: Forbidden: may only be used when `spec.type` is 'LoadBalancer'"]);
});

test('warnings', () => {
  expect(warningsOf(service({ externalName: 'a', externalIPs: ['1.2.3.04'], loadBalancerIP: '2001:db8:0::1', loadBalancerSourceRanges: ['1.2.3.4/24'] }, { 'service.kubernetes.io/topology-aware-hints': 'Auto' }))).toEqual([
    'annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead',
    'spec.externalIPs[0]: non-standard IP address "1.2.3.04" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
    'spec.loadBalancerIP: IPv6 address "2001:db8:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    'spec.loadBalancerSourceRanges[0]: CIDR value "1.2.3.4/24" is ambiguous in this context (should be "1.2.3.0/24" or "1.2.3.4/32"?)',
    'spec.externalName is ignored when spec.type is not "ExternalName"',
  ]);
});
