/** kubectl kustomize: the same folders built by the real kubectl and by ours. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from '../support/property.ts';
import { describeParity, oracle } from './oracle.ts';
import { ours } from './run-ours.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'mock-kubectl-kustomize-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

function folder(files: Files): string {
  const path = mkdtempSync(join(root, 'case-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

async function same(files: Files, start = '.', ...flags: string[]): Promise<void> {
  const args = ['kustomize', join(folder(files), start), ...flags];
  const real = oracle(args);
  expect(await ours(args)).toEqual({ ...real, stderr: real.stderr.replace(/ &\{0xc[0-9a-f]+ <nil>\}/, '') });
}

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner
      containers:
      - name: web
        image: nginx:1.25
        ports: [{containerPort: 80, name: http}, {containerPort: 80, protocol: UDP}]
        env:
        - {name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: keys, key: password}}}
        - {name: HOST, value: $(WEB_HOST)}
        envFrom: [{configMapRef: {name: settings}}]
        command: ["yes", "on", "0x10", "1.0"]
      - name: side
        image: registry.example.com:5000/side@sha256:0123456789abcdef
      initContainers: [{name: init, image: "busybox"}]
      volumes:
      - {name: config, configMap: {name: settings}}
      - {name: secret, secret: {secretName: keys}}
      - {name: data, persistentVolumeClaim: {claimName: data}}
`;
const OTHERS = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [secrets], resourceNames: [keys], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: runner-reads}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: runner, namespace: default}, {kind: ServiceAccount, name: default, namespace: old}]
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, maxReplicas: 5}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  tls: [{hosts: [a.example.com], secretName: keys}]
  rules: [{host: a.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: v1
kind: Namespace
metadata: {name: old}
---
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
spec: {list: [{name: a, v: 1}, {name: b}], config: {name: settings}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: web
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: postgres}]}}
  volumeClaimTemplates: [{metadata: {name: v}, spec: {storageClassName: fast}}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec: {schedule: "* * * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "nginx", envFrom: [{secretRef: {name: keys}}]}]}}}}}
`;
const GENERATORS = `configMapGenerator:
- name: settings
  literals: [mode=fast, quoted="a b", 'single=''x''', empty=]
  files: [app.conf, other=dir/data.bin]
  envs: [app.env]
secretGenerator:
- name: keys
  type: Opaque
  literals: [password=s3cret]
`;
const BASE: Files = { 'deployment.yaml': DEPLOYMENT, 'others.yaml': OTHERS, 'app.conf': 'a = 1\nb = "x"\n', 'dir/data.bin': 'text\n', 'app.env': '# comment\nA=1\n\nB=two=2\nC\n' };
const kustomization = (text: string): Files => ({ ...BASE, 'kustomization.yaml': `resources: [deployment.yaml, others.yaml]\n${text}` });

const CASES: readonly (readonly [name: string, files: Files, start?: string])[] = [
  ['resources', kustomization('')],
  ['generators', kustomization(GENERATORS)],
  ['generator options', kustomization(`${GENERATORS}generatorOptions: {labels: {a: b}, annotations: {c: d}, immutable: true}\n`)],
  ['without hashes', kustomization(`${GENERATORS}generatorOptions: {disableNameSuffixHash: true}\n`)],
  ['names', kustomization(`${GENERATORS}namePrefix: pre-\nnameSuffix: -suf\n`)],
  ['namespace', kustomization(`${GENERATORS}namespace: team\n`)],
  ['common labels', kustomization('commonLabels: {team: a, tier: "1"}\n')],
  ['labels', kustomization('labels:\n- pairs: {team: a}\n- pairs: {sel: x}\n  includeSelectors: true\n- pairs: {tpl: z}\n  includeTemplates: true\n- pairs: {own: z}\n  fields: [{path: spec/labels, create: true, kind: Widget}]\n')],
  ['labels that are no texts', kustomization('labels:\n- pairs: {tpl: y}\n')],
  ['common labels that are no texts', kustomization('commonLabels: {a: 1}\n')],
  ['annotations', kustomization('commonAnnotations: {note: "true", long: "line one\\nline two"}\n')],
  ['images', kustomization('images: [{name: nginx, newTag: "1.27"}, {name: busybox, newName: alpine, digest: "sha256:abc"}, {name: "registry.example.com:5000/side", newName: side, newTag: v2}, {name: postgres, newName: pg}]\n')],
  ['replicas', kustomization('replicas: [{name: web, count: 7}, {name: db, count: 0}]\n')],
  ['replicas of nothing', kustomization('replicas: [{name: nope, count: 7}]\n')],
  ['everything at once', kustomization(`${GENERATORS}namePrefix: p-\nnamespace: team\ncommonLabels: {team: a}\ncommonAnnotations: {x: "y"}\nimages: [{name: nginx, newTag: "2"}]\nreplicas: [{name: web, count: 3}]\n`)],
  ['strategic patch', kustomization(`patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, annotations: {patched: "yes"}}
    spec:
      replicas: null
      template:
        spec:
          containers:
          - {name: new, image: new}
          - {name: web, image: nginx:2, ports: [{containerPort: 443}], env: [{name: MODE, $patch: delete}, {name: NEW, value: "1"}]}
          - {name: side, $patch: delete}
          volumes: [{$patch: replace}, {name: only, emptyDir: {}}]
`)],
  ['patch files and targets', { ...kustomization('patches:\n- path: patch.yaml\n- path: json.yaml\n  target: {kind: "Deployment|StatefulSet", name: ".*b"}\n- patch: \'[{"op": "remove", "path": "/spec/schedule"}]\'\n  target: {group: batch}\n'), 'patch.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort, ports: [{port: 80, name: http}, {port: 443}]}\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: runner}\n$patch: delete\n', 'json.yaml': '- op: add\n  path: /metadata/annotations\n  value: {a: b}\n- op: replace\n  path: /spec/replicas\n  value: 9\n' }],
  ['patch by label', kustomization('patches:\n- target: {labelSelector: "app=web"}\n  patch: |-\n    kind: x\n    metadata: {name: y, labels: {more: z}}\n')],
  ['patch of a custom resource', kustomization('patches:\n- patch: |-\n    apiVersion: example.com/v1\n    kind: Widget\n    metadata: {name: w}\n    spec: {list: [{name: b, v: 2}], config: {more: 1}}\n')],
  ['patch that renames', kustomization('patches:\n- target: {kind: Service}\n  options: {allowNameChange: true, allowKindChange: true}\n  patch: |-\n    kind: Other\n    metadata: {name: renamed}\n')],
  ['patch without target', kustomization('patches:\n- patch: |-\n    apiVersion: v1\n    kind: Service\n    metadata: {name: nope}\n')],
  ['json patch without target', kustomization("patches:\n- patch: '[]'\n")],
  ['patch of nonsense', kustomization('patches:\n- patch: "a b c"\n')],
  ['older patches', kustomization("patchesStrategicMerge:\n- |-\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: web}\n  spec: {paused: true}\npatchesJson6902:\n- target: {version: v1, kind: Service, name: web}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/type\", \"value\": \"NodePort\"}]'\n")],
  ['replacements', kustomization(`replacements:
- source: {kind: Service, name: web, fieldPath: spec.ports.0.port}
  targets:
  - {select: {kind: Deployment}, fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=HOST].value"]}
- source: {kind: Deployment, name: web}
  targets:
  - {select: {kind: Ingress}, fieldPaths: [metadata.annotations.from], options: {create: true}}
  - {select: {kind: Ingress}, fieldPaths: ["spec.rules.*.host"], options: {delimiter: ".", index: 0}}
- source: {kind: ServiceAccount, name: runner, fieldPath: metadata.name}
  targets:
  - {select: {kind: Widget}, fieldPaths: [spec.config.name, "spec.list.[name=a].name"]}
`)],
  ['replacement of another type', kustomization('replacements:\n- source: {kind: ServiceAccount, name: runner}\n  targets: [{select: {kind: HorizontalPodAutoscaler}, fieldPaths: [spec.maxReplicas]}]\n')],
  ['replacement without field', kustomization('replacements:\n- source: {kind: Service, name: web, fieldPath: spec.nope}\n  targets: [{select: {kind: Deployment}}]\n')],
  ['replacement without target field', kustomization('replacements:\n- source: {kind: Service, name: web}\n  targets: [{select: {kind: Deployment}, fieldPaths: [spec.nope.x]}]\n')],
  ['replacement of nothing', kustomization('replacements:\n- source: {kind: Nope}\n  targets: [{select: {kind: Deployment}}]\n')],
  ['vars', kustomization('vars:\n- name: WEB_HOST\n  objref: {apiVersion: v1, kind: Service, name: web}\n  fieldref: {fieldpath: metadata.name}\nnamePrefix: x-\n')],
  ['sort options', kustomization('sortOptions: {order: fifo}\n')],
  ['legacy order by hand', kustomization('sortOptions: {order: legacy, legacySortOptions: {orderFirst: [Deployment], orderLast: [Namespace]}}\n')],
  ['build metadata', kustomization(`${GENERATORS}buildMetadata: [managedByLabel, originAnnotations]\n`)],
  ['an overlay', { ...Object.fromEntries(Object.entries(kustomization(`${GENERATORS}namePrefix: base-\n`)).map(([name, text]) => [`base/${name}`, text])), 'over/kustomization.yaml': 'resources: [../base]\nnamespace: prod\nnameSuffix: -prod\nconfigMapGenerator:\n- name: settings\n  behavior: merge\n  literals: [mode=slow, more=1]\nsecretGenerator:\n- name: keys\n  behavior: replace\n  literals: [other=x]\nimages: [{name: nginx, newTag: prod}]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    spec: {replicas: 10}\n' }, 'over'],
  ['two overlays of one base', { 'base/kustomization.yaml': 'resources: [d.yaml]\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\n', 'base/d.yaml': DEPLOYMENT, 'a/kustomization.yaml': 'resources: [../base]\nnamePrefix: a-\n', 'b/kustomization.yaml': 'resources: [../base]\nnamePrefix: b-\nnamespace: b\n', 'all/kustomization.yaml': 'resources: [../a, ../b]\nnamePrefix: all-\n' }, 'all'],
  ['components', { ...BASE, 'kustomization.yaml': 'resources: [deployment.yaml]\ncomponents: [comp]\nnamePrefix: x-\n', 'comp/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    spec: {replicas: 4}\n' }],
  ['configurations', { ...kustomization('configurations: [config.yaml]\nnamePrefix: x-\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\ncommonLabels: {a: b}\n'), 'config.yaml': 'nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs: [{path: spec/config/name, kind: Widget}]\ncommonLabels:\n- {path: spec/tags, create: true, kind: Widget}\n' }],
  ['lists and local configuration', { 'kustomization.yaml': 'resources: [l.yaml]\n', 'l.yaml': 'apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: "yes"}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b, annotations: {config.kubernetes.io/local-config: "true"}}}\n' }],
  ['a resource twice', { 'kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n', 'b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }],
  ['empty annotations', kustomization('patches:\n- target: {kind: Service}\n  patch: |-\n    kind: x\n    metadata: {name: y, annotations: {}}\n')],
  ['replicas that are no number', kustomization('commonLabels: {a: b}\nreplicas: [{name: web, count: "2"}]\nunknown: 1\n')],
  ['an order that is none', kustomization('sortOptions: {order: x}\n')],
  ['build metadata that is none', kustomization('buildMetadata: [x]\n')],
  ['a resource twice in a file', { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }],
  ['empty generators', { 'kustomization.yaml': 'configMapGenerator: [{name: a}]\nsecretGenerator: [{name: b}]\n' }],
  ['a file that is missing', { 'kustomization.yaml': 'resources: [nope.yaml]\n' }],
  ['a file outside', { 'in/kustomization.yaml': 'resources: [../out.yaml]\n', 'out.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }, 'in'],
  ['a circle', { 'a/kustomization.yaml': 'resources: [../b]\n', 'b/kustomization.yaml': 'resources: [../a]\n' }, 'a'],
  ['no kustomization', { 'x.yaml': 'a: b\n' }],
  ['an empty kustomization', { 'kustomization.yaml': '' }],
  ['an unknown field', { 'kustomization.yaml': 'resourcez: []\nresources: [a]\n' }],
  ['a field of another type', { 'kustomization.yaml': 'resources: a\n' }],
  ['another kind', { 'kustomization.yaml': 'kind: Deployment\nresources: [a]\n' }],
  ['two kustomizations', { 'kustomization.yaml': 'resources: []\nnamePrefix: a\n', 'kustomization.yml': 'namePrefix: b\n' }],
  ['no yaml', { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'a: b: c\n' }],
  ['a resource without kind', { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'a: b\n' }],
  ['a resource without name', { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\n' }],
  ['a repeated key', { 'kustomization.yaml': 'configMapGenerator: [{name: a, literals: [x=1, x=2]}]\n' }],
  ['a literal without value', { 'kustomization.yaml': 'configMapGenerator: [{name: a, literals: [x]}]\n' }],
  ['a generator without name', { 'kustomization.yaml': 'configMapGenerator: [{literals: [x=1]}]\n' }],
  ['merging with nothing', { 'kustomization.yaml': 'configMapGenerator: [{name: a, behavior: merge, literals: [x=1]}]\n' }],
  ['a generated name that is taken', { 'kustomization.yaml': 'resources: [a.yaml]\nconfigMapGenerator: [{name: a, literals: [x=1]}]\n', 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }],
  // What random folders have found.
  ['a patch of nothing', kustomization('patches: [{patch: "{}"}]\n')],
  ['labels over labels that selectors have, too', { 'base/kustomization.yaml': 'resources: [a.yaml]\ncommonLabels: {a: "1"}\n', 'base/a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {b: c}}\n', 'over/kustomization.yaml': 'resources: [../base]\nlabels: [{pairs: {a: "2"}}]\n' }, 'over'],
  ['a JSON patch on annotations that nobody wrote', { 'kustomization.yaml': "resources: [a.yaml]\nnamePrefix: x-\npatches:\n- target: {kind: Service}\n  patch: '[{\"op\": \"add\", \"path\": \"/metadata/annotations/n\", \"value\": \"1\"}]'\n", 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n' }],
  ['a JSON patch that takes the origin away', { 'base/kustomization.yaml': 'resources: [a.yaml]\n', 'base/a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n', 'over/kustomization.yaml': "resources: [../base]\nbuildMetadata: [originAnnotations]\npatches:\n- target: {kind: Service}\n  patch: '[{\"op\": \"add\", \"path\": \"/metadata/annotations\", \"value\": {\"n\": \"1\"}}]'\n" }, 'over'],
  ['a namespace for two of a name', { 'kustomization.yaml': 'resources: [a.yaml]\nnamespace: x\n', 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: c}\n' }],
  ['sort options of nothing', kustomization('sortOptions: {}\n')],
  ['empty lists are something', { 'base/kustomization.yaml': 'resources: [a.yaml]\n', 'base/a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n', 'part/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: []\n', 'over/kustomization.yaml': 'resources: [../base]\ncomponents: [../part]\n' }, 'over'],
  ['a selector of labels that is none', kustomization('patches: [{target: {labelSelector: a b}, patch: "[]"}]\n')],
  ['a target whose name is no expression', kustomization("patches: [{target: {name: '['}, patch: '[{\"op\": \"remove\", \"path\": \"/x\"}]'}]\n")],
  ...['metadata.labels.[app]', 'spec.template.spec.containers.9.image', 'metadata.annotations.port', 'metadata.annotations.[a.b]'].flatMap((path) => ['{}', '{create: true}', "{create: true, delimiter: '-', index: 0}"].map((options): readonly [string, Files] => [`a replacement at ${path} with ${options}`, kustomization(`replacements:\n- source: {kind: Service, name: web, fieldPath: spec.ports.0.port}\n  targets: [{select: {kind: Deployment}, fieldPaths: ['${path}'], options: ${options}}]\n`)])),
  ['binary data', { 'kustomization.yaml': 'configMapGenerator: [{name: a, files: [b]}]\n', b: '\u0000\u0001text' }],
];

describeParity('kustomize', () => {
  for (const [name, files, start] of CASES) it(name, () => same(files, start));

  it.each([['a', 'b'], ['/nonexistent'], ['--load-restrictor=x', '.']])('kustomize %s %s', async (...args) => {
    const words = ['kustomize', ...args.filter((word) => word !== undefined)];
    expect(await ours(words)).toEqual(oracle(words));
  });

  // What functions, plugins and Helm are told, where there are none of them.
  it.each([
    'kustomize DIR --env=A=b -e C', 'kustomize DIR --mount=type=bind,src=x,dst=y --network --network-name=x --as-current-user', 'kustomize DIR --enable-alpha-plugins', 'kustomize DIR --load-restrictor= --reorder=legacy', 'kustomize DIR --reorder=x', 'kustomize DIR --enable-managedby-label',
    'kustomize DIR --enable-helm --helm-command=nope --helm-debug --helm-kube-version=1.2 --helm-api-versions=a --helm-api-versions=b', 'kustomize DIR --enable-helm=false --helm-command=',
  ])('%s', async (line) => {
    const args = line.replace('DIR', folder({ 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: b}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' })).split(' ');
    expect(await ours(args)).toEqual(oracle(args));
  });

  it('reads files outside where it may', () => same({ 'in/kustomization.yaml': 'resources: [../out.yaml]\n', 'out.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' }, 'in', '--load-restrictor=LoadRestrictionsNone'));

  it('any combination of what a kustomization can do', async () => {
    const parts = [
      GENERATORS, 'namePrefix: pre-\n', 'nameSuffix: -suf\n', 'namespace: team\n', 'commonLabels: {team: a}\n', 'labels: [{pairs: {l: "1"}, includeTemplates: true}]\n', 'commonAnnotations: {x: "y"}\n',
      'images: [{name: nginx, newTag: "9"}]\n', 'replicas: [{name: web, count: 3}]\n', 'replacements:\n- source: {kind: Service, name: web}\n  targets: [{select: {kind: Widget}, fieldPaths: [spec.service], options: {create: true}}]\n',
      "patches:\n- target: {kind: Deployment}\n  patch: '[{\"op\": \"add\", \"path\": \"/spec/paused\", \"value\": true}]'\n- patch: |-\n    apiVersion: apps/v1\n    kind: StatefulSet\n    metadata: {name: db}\n    spec: {template: {spec: {containers: [{name: more, image: nginx}]}}}\n", 'sortOptions: {order: fifo}\n',
    ];
    await fc.assert(fc.asyncProperty(fc.subarray(parts, { minLength: 2 }), fc.subarray(parts, { minLength: 1, maxLength: 6 }), (base, over) => {
      const files = Object.fromEntries(Object.entries(kustomization(base.join(''))).map(([name, text]) => [`base/${name}`, text]));
      const overlay = over.join('').replace('- name: settings\n  literals', '- name: settings\n  behavior: merge\n  literals').replace('- name: keys\n', '- name: keys\n  behavior: merge\n');
      const generates = base.includes(GENERATORS) || !over.includes(GENERATORS);
      return same({ ...files, 'over/kustomization.yaml': `resources: [../base]\n${generates ? overlay : over.filter((part) => part !== GENERATORS).join('')}`, 'over/app.conf': 'x', 'over/dir/data.bin': 'y', 'over/app.env': 'Z=1\n' }, 'over');
    }), { numRuns: 40 });
  }, 120_000);
});
