/** Structs as errors of the API server print them (%#v). */
import { goTyped } from '../../../src/apiserver/validation/go-typed.ts';

const show = (type: string, value: unknown): string | undefined => goTyped(type, value)?.text;

test('fields in the order of the struct, nil and zero values with them', () => {
  expect(show('core.SecurityContext', { privileged: true, runAsUser: 0 })).toBe(
    'core.SecurityContext{Capabilities:(*core.Capabilities)(nil), Privileged:(*bool)(0xc000000000), SELinuxOptions:(*core.SELinuxOptions)(nil), WindowsOptions:(*core.WindowsSecurityContextOptions)(nil), RunAsUser:(*int64)(0xc000000000), RunAsGroup:(*int64)(nil), RunAsNonRoot:(*bool)(nil), ReadOnlyRootFilesystem:(*bool)(nil), AllowPrivilegeEscalation:(*bool)(nil), ProcMount:(*core.ProcMountType)(nil), SeccompProfile:(*core.SeccompProfile)(nil), AppArmorProfile:(*core.AppArmorProfile)(nil)}',
  );
});

test('embedded structs, ports, amounts, maps and times', () => {
  expect(show('core.HTTPGetAction', { path: '/', port: 'http', scheme: 'HTTP' })).toBe('core.HTTPGetAction{Path:"/", Port:intstr.IntOrString{Type:1, IntVal:0, StrVal:"http"}, Host:"", Scheme:"HTTP", HTTPHeaders:[]core.HTTPHeader(nil)}');
  expect(show('core.SecretProjection', { name: 'a', items: [] })).toBe('core.SecretProjection{LocalObjectReference:core.LocalObjectReference{Name:"a"}, Items:[]core.KeyToPath{}, Optional:(*bool)(nil)}');
  expect(show('core.ResourceRequirements', { limits: { memory: '1Gi', cpu: '100m' } })).toBe(
    'core.ResourceRequirements{Limits:core.ResourceList{"cpu":resource.Quantity{i:resource.int64Amount{value:100, scale:-3}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"100m", Format:"DecimalSI"}, "memory":resource.Quantity{i:resource.int64Amount{value:1073741824, scale:0}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"1Gi", Format:"BinarySI"}}, Requests:core.ResourceList(nil), Claims:[]core.ResourceClaim(nil)}',
  );
  expect(show('v1.ObjectMeta', { labels: { app: 'web' }, creationTimestamp: null })).toContain('CreationTimestamp:time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC), DeletionTimestamp:<nil>, DeletionGracePeriodSeconds:(*int64)(nil), Labels:map[string]string{"app":"web"}, Annotations:map[string]string(nil)');
});

test('what the spec of a pod says of the host stands in its security context', () => {
  expect(show('core.PodTemplateSpec', { spec: { hostNetwork: true, containers: [] } })).toContain('NodeName:"", SecurityContext:(*core.PodSecurityContext)(0xc000000000), ImagePullSecrets:');
});

test('nothing', () => {
  expect(goTyped('core.SecurityContext', undefined)).toBeNull();
});
