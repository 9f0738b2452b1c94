/** The difference that errors about immutable specs append: as clusters of v1.3x print it, spaces at the beginning of lines aside. */
import { draft } from '../../../src/api/json.ts';
import type { PodSpec } from '../../../src/api/generated/types.ts';
import { goDiff } from '../../../src/apiserver/validation/go-diff.ts';
import fc from '../../support/property.ts';
import { objectOf } from '../support/random-objects.ts';

const spec = (container: object = {}, more: object = {}): PodSpec =>
  ({
    containers: [{ name: 'app', image: 'busybox', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File', imagePullPolicy: 'Always', volumeMounts: [{ name: 'api', readOnly: true, mountPath: '/token' }], ...container }],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    nodeName: 'node-1',
    securityContext: {},
    schedulerName: 'default-scheduler',
    volumes: [{ name: 'api', projected: { defaultMode: 420, sources: [{ serviceAccountToken: { expirationSeconds: 3607, path: 'token' } }, { configMap: { name: 'ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }] } }],
    ...more,
  }) as PodSpec;

const HEAD = `  core.PodSpec{
  	Volumes:        {{Name: "api", VolumeSource: {Projected: &{Sources: {{ServiceAccountToken: &{ExpirationSeconds: 3607, Path: "token"}}, {ConfigMap: &{LocalObjectReference: {Name: "ca"}, Items: {{Key: "ca.crt", Path: "ca.crt"}}}}}, DefaultMode: &420}}}},
  	InitContainers: nil,
  	Containers: []core.Container{
  		{
`;
const TAIL = `  		},
  	},
  	EphemeralContainers: nil,
  	RestartPolicy:       "Always",
  	... // 29 identical fields
  }
`;

test.each([
  [
    'a command where there was none',
    {},
    { command: ['sh', '-c', 'sleep infinity'] },
    `  			Name:       "app",
  			Image:      "busybox",
- 			Command:    nil,
+ 			Command:    []string{"sh", "-c", "sleep infinity"},
  			Args:       nil,
  			WorkingDir: "",
  			... // 19 identical fields
`,
  ],
  [
    'one word of many',
    { command: ['kube-schedulerrrr', '--a=1', '--b=2', '--c=3', '--d=4', '--e=5'] },
    { command: ['kube-scheduler', '--a=1', '--b=2', '--c=3', '--d=4', '--e=5'] },
    `  			Name:  "app",
  			Image: "busybox",
  			Command: []string{
- 				"kube-schedulerrrr",
+ 				"kube-scheduler",
  				"--a=1",
  				"--b=2",
  				... // 3 identical elements
  			},
  			Args:       nil,
  			WorkingDir: "",
  			... // 19 identical fields
`,
  ],
  [
    'letters of a long text',
    { command: ['sh', '-c', 'echo Hello Kubernetes from $(hostname)! && sleep 30'] },
    { command: ['sh', '-c', 'echo Hello Kubernetes from $(hostname)! && sleep 3600'] },
    `  			Name:  "app",
  			Image: "busybox",
  			Command: []string{
  				"sh",
  				"-c",
  				strings.Join({
  					"echo Hello Kubernetes from $(hostname)! && sleep 3",
+ 					"60",
  					"0",
  				}, ""),
  			},
  			Args:       nil,
  			WorkingDir: "",
  			... // 19 identical fields
`,
  ],
  [
    'a port',
    { ports: [{ containerPort: 3000, protocol: 'TCP' }] },
    { ports: [{ containerPort: 3001, protocol: 'TCP' }] },
    `  			... // 3 identical fields
  			Args:       nil,
  			WorkingDir: "",
  			Ports: []core.ContainerPort{
  				{
  					Name:          "",
  					HostPort:      0,
- 					ContainerPort: 3000,
+ 					ContainerPort: 3001,
  					Protocol:      "TCP",
  					HostIP:        "",
  				},
  			},
  			EnvFrom: nil,
  			Env:     nil,
  			... // 16 identical fields
`,
  ],
  [
    'a value of an environment variable',
    { env: [{ name: 'APP_COLOR', value: 'pink' }] },
    { env: [{ name: 'APP_COLOR', value: 'green' }] },
    `  			... // 5 identical fields
  			Ports:   nil,
  			EnvFrom: nil,
  			Env: []core.EnvVar{
  				{
  					Name:      "APP_COLOR",
- 					Value:     "pink",
+ 					Value:     "green",
  					ValueFrom: nil,
  				},
  			},
  			Resources:    {},
  			ResizePolicy: nil,
  			... // 14 identical fields
`,
  ],
  [
    'a variable from a secret, too deep to be shown whole',
    {},
    { env: [{ name: 'POSTGRES_PASSWORD', valueFrom: { secretKeyRef: { name: 'postgres', key: 'password' } } }] },
    `  			... // 5 identical fields
  			Ports:   nil,
  			EnvFrom: nil,
- 			Env:     nil,
+ 			Env: []core.EnvVar{
+ 				{
+ 					Name:      "POSTGRES_PASSWORD",
+ 					ValueFrom: &core.EnvVarSource{SecretKeyRef: &core.SecretKeySelector{...}},
+ 				},
+ 			},
  			Resources:    {},
  			ResizePolicy: nil,
  			... // 14 identical fields
`,
  ],
  [
    'one of two amounts',
    { resources: { requests: { cpu: '1', memory: '10Gi' } } },
    { resources: { requests: { cpu: '1', memory: '2Gi' } } },
    `  			... // 6 identical fields
  			EnvFrom: nil,
  			Env:     nil,
  			Resources: core.ResourceRequirements{
  				Limits: nil,
  				Requests: core.ResourceList{
  					s"cpu":    {i: {...}, s: "1", Format: "DecimalSI"},
- 					s"memory": {i: resource.int64Amount{value: 10737418240}, s: "10Gi", Format: "BinarySI"},
+ 					s"memory": {i: resource.int64Amount{value: 2147483648}, s: "2Gi", Format: "BinarySI"},
  				},
  				Claims: nil,
  			},
  			ResizePolicy:  nil,
  			RestartPolicy: nil,
  			... // 13 identical fields
`,
  ],
])('a container: %s', (_, before, after, expected) => {
  expect(goDiff('core.PodSpec', spec(before), spec(after))).toBe(HEAD + expected + TAIL);
});

test('fields of the pod, of which some stand in its security context', () => {
  expect(goDiff('core.PodSpec', spec({}, { volumes: undefined }), spec({}, { volumes: undefined, hostNetwork: true, nodeName: 'node-2', securityContext: { runAsUser: 1 } }))).toBe(`  core.PodSpec{
  	... // 9 identical fields
  	ServiceAccountName:           "",
  	AutomountServiceAccountToken: nil,
- 	NodeName:                     "node-1",
+ 	NodeName:                     "node-2",
  	SecurityContext: &core.PodSecurityContext{
- 		HostNetwork: false,
+ 		HostNetwork: true,
  		HostPID:     false,
  		HostIPC:     false,
  		... // 2 identical fields
  		SELinuxOptions: nil,
  		WindowsOptions: nil,
- 		RunAsUser:      nil,
+ 		RunAsUser:      &1,
  		RunAsGroup:     nil,
  		RunAsNonRoot:   nil,
  		... // 8 identical fields
  	},
  	ImagePullSecrets: nil,
  	Hostname:         "",
  	... // 19 identical fields
  }
`);
});

test('a claim', () => {
  const claim = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'slow', volumeMode: 'Filesystem' };
  expect(goDiff('core.PersistentVolumeClaimSpec', claim, { ...claim, storageClassName: 'fast' })).toBe(`  core.PersistentVolumeClaimSpec{
  	... // 2 identical fields
  	Resources:        {Requests: {s"storage": {i: {...}, s: "1Gi", Format: "BinarySI"}}},
  	VolumeName:       "",
- 	StorageClassName: &"slow",
+ 	StorageClassName: &"fast",
  	VolumeMode:       &"Filesystem",
  	DataSource:       nil,
  	... // 2 identical fields
  }
`);
});

test('a list of which elements come and go, and a script of several lines', () => {
  const script = (line: string): string => ['set -e', 'echo start', line, 'echo more', 'echo end', ''].join('\n');
  const before = { name: 'app', image: 'busybox', command: ['sh', '-c', script('sleep 1')], args: ['a', 'b', 'c'] };
  expect(goDiff('core.EphemeralContainer', before, { ...before, command: ['sh', '-c', script('sleep 2')], args: ['b', 'c', 'd'] })).toBe(`  core.EphemeralContainer{
  	EphemeralContainerCommon: core.EphemeralContainerCommon{
  		Name:  "app",
  		Image: "busybox",
  		Command: []string{
  			"sh",
  			"-c",
  			(
  				"""
  				set -e
  				echo start
- 				sleep 1
+ 				sleep 2
  				echo more
  				echo end
  				"""
  			),
  		},
  		Args: []string{
- 			"a",
  			"b",
  			"c",
+ 			"d",
  		},
  		WorkingDir: "",
  		Ports:      nil,
  		... // 18 identical fields
  	},
  	TargetContainerName: "",
  }
`);
});

test('nothing differs', () => {
  expect(goDiff('core.PodSpec', spec(), draft(spec()))).toBe('');
});

test.each([['core.PodSpec', 'PodSpec'], ['core.PersistentVolumeClaimSpec', 'PersistentVolumeClaimSpec'], ['core.EphemeralContainer', 'EphemeralContainer']] as const)('any two values of %s', (type, model) => {
  const value = objectOf(model, 3);
  fc.assert(
    fc.property(value, value, (before, after) => {
      expect(goDiff(type, before, before)).toBe('');
      const text = goDiff(type, before, after);
      // Each line stands for both values or for one of them, and braces are closed.
      for (const line of text.split('\n').slice(0, -1)) expect(line).toMatch(/^[-+ ] /);
      if (text !== '') expect([text.startsWith(`  ${type}{\n`), text.endsWith('\n  }\n'), /^[-+] /m.test(text)]).toEqual([true, true, true]);
    }),
    { numRuns: 40 },
  );
});
