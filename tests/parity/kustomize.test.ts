/** kubectl kustomize: the same folders built by the real kubectl and by ours. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from '../support/property.ts';
import { describeParity, oracle, type Outcome } from './oracle.ts';
import { ours } from './run-ours.ts';
import { ALL, sampled } from './support/sample.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'mock-kubectl-kustomize-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Files = Readonly<Record<string, string>>;

function folder(files: Files): string {
  const path = mkdtempSync(join(root, 'case-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
  }
  return path;
}

/** Addresses in memory and names of temporary files say nothing. */
const masked = ({ stderr, ...outcome }: Outcome): Outcome => ({ ...outcome, stderr: stderr.replace(/ &\{0xc[0-9a-f]+ <nil>\}/, '').replaceAll(/0xc[0-9a-f]+/g, 'ADDRESS').replaceAll(/(kust-plugin-config-|kustomize-helm-)[/\w]+/g, '$1X') });

/** `FOLDER` in flags is where the files are; programs of plugins and containers are looked for there, too. */
async function same(files: Files, start = '.', ...flags: string[]): Promise<void> {
  const path = folder(files);
  const args = ['kustomize', join(path, start), ...flags.map((flag) => flag.replace('FOLDER', path))];
  const env = { PATH: `${path}/bin:/usr/bin:/bin`, KUSTOMIZE_PLUGIN_HOME: join(path, 'plugin'), HOME: '/nonexistent' };
  expect(masked(await ours(args, undefined, '', env))).toEqual(masked(oracle(args, '', env)));
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
  ['a document that is no map', { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': 'kind: List\nitems: [a]\n' }],
  ...['commonLabels: {a: b}', 'images: [{name: x, newTag: y}]', 'replicas: [{name: w, count: 1}]'].map((field): readonly [string, Files] => [`${field.replace(/:.*/, '')} for a list`, { 'kustomization.yaml': `resources: [r.yaml]\nconfigurations: [c.yaml]\n${field}\n`, 'r.yaml': 'apiVersion: v1\nkind: Widget\nmetadata: {name: w}\nspec:\n- a\n', 'c.yaml': `${field.replace(/:.*/, '')}: [{path: spec, kind: Widget, create: true}]\n` }]),
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

const builtin = (kind: string, fields: string, name = 't'): string => `apiVersion: builtin\nkind: ${kind}\nmetadata: {name: ${name}}\n${fields}`;
const transformed = (kind: string, fields: string): Files => ({ ...kustomization('transformers: [t.yaml]\n'), 't.yaml': builtin(kind, fields) });
const NAMES = 'fieldSpecs: [{path: metadata/name}]\n';
const LABELS = 'fieldSpecs: [{path: metadata/labels, create: true}]\n';
const WIDGET = 'apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: w\nspec:\n  cfg:\n    name: c\n  list: [{id: a, v: 1}, {id: b, z: 2}]\n  prim: [a]\n  pairs: {x: [{id: q, z: 1}, {id: r, z: 1}]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n';
const merging = (more: object): object => ({ 'type': 'array', 'items': { $ref: '#/definitions/Item' }, 'x-kubernetes-patch-strategy': 'merge', ...more });
const SCHEMA = JSON.stringify({ definitions: { Item: {}, W: { 'x-kubernetes-group-version-kind': [{ group: 'example.com', version: 'v1', kind: 'Widget' }], 'properties': { spec: { properties: { list: merging({ 'x-kubernetes-patch-merge-key': 'id' }), prim: merging({}), pairs: { additionalProperties: merging({ 'x-kubernetes-list-map-keys': ['id', 'z'] }) } } } } } } });
const CRD = JSON.stringify({ 'x.Widget': { Schema: { properties: { apiVersion: {}, kind: {}, metadata: {}, spec: { $ref: 'x.Spec' } } } }, 'x.Spec': { Schema: { properties: { cfg: { 'x-kubernetes-object-ref-api-version': 'v1', 'x-kubernetes-object-ref-kind': 'ConfigMap' }, sel: { 'x-kubernetes-label-selector': '' }, note: { 'x-kubernetes-annotation': '' } } } } });
const EXTERNAL = 'apiVersion: example.com/v1\nkind: Foo\nmetadata: {name: t}\n';
const FUNCTION = `apiVersion: example.com/v1\nkind: Foo\nmetadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: |\n      container: {image: x, network: true, envs: [A=1, B], mounts: [{type: bind, src: ./q, dst: /d}]}\n`;
const program = (script: string, field = 'transformers'): Files => ({ 'r.yaml': WIDGET, 'kustomization.yaml': `resources: [r.yaml]\nnamePrefix: p-\n${field}: [t.yaml]\n`, 't.yaml': `${EXTERNAL}argsOneLiner: a "b c"\nargsFromFile: args\n`, 'args': 'one\n  two three\n', 'plugin/example.com/v1/foo/Foo': `#!/bin/sh\n${script}` });
const HELM = '#!/bin/sh\nif [ "$1" = version ]; then echo v3.1.2+g; exit 0; fi\nfor each in "$@"; do case "$each" in */c-kustomize-values.yaml) VALUES=$(tr "\\n" "|" < "$each");; /*) ;; *) ARGS="$ARGS $each";; esac; done\necho "{apiVersion: v1, kind: ConfigMap, metadata: {name: chart}, data: {args: \\"$ARGS\\", values: \\"$VALUES\\"}}"\n';
const chart = (fields: string): Files => ({ 'h': HELM, 'charts/c/values.yaml': 'a: 1\nb:\n  c: 2\n  d: [1]\n', 'kustomization.yaml': `helmCharts: [{name: c, ${fields}}]\n` });

/** Plugins: those that are built in, told what to do by files, and others. */
const PLUGINS: readonly (readonly [name: string, files: Files, ...flags: string[]])[] = [
  ['many transformers, in files and folders, and inline', {
    ...kustomization(`generators: [gen.yaml]\ntransformers:\n- folder\n- b.yaml\n- |-\n  apiVersion: builtin\n  kind: LabelTransformer\n  metadata: {name: inline}\n  LABELS: {inline: 1}\n  other: x\n  ${LABELS}buildMetadata: [transformerAnnotations, originAnnotations]\nnamePrefix: x-\n`),
    'gen.yaml': [builtin('ConfigMapGenerator', 'literals: [a=b]\n', 'g'), builtin('SecretGenerator', 'name: other\nliterals: [a=b]\ntype: x/y\noptions: {disableNameSuffixHash: true}\n', 's'), builtin('IAMPolicyGenerator', 'cloud: gke\nkubernetesService: {namespace: ns, name: sa}\nserviceAccount: {name: gsa, projectId: pid}\n', 'i')].join('---\n'),
    'folder/kustomization.yaml': 'resources: [a.yaml]\n',
    'folder/a.yaml': [
      builtin('PrefixTransformer', `prefix: p-\n${NAMES}`), builtin('SuffixTransformer', `suffix: -s\n${NAMES}`), builtin('PrefixSuffixTransformer', `prefix: 1\nsuffix: "2"\n${NAMES}`),
      builtin('AnnotationsTransformer', 'annotations: {k: v}\nfieldSpecs: [{path: metadata/annotations, create: true}]\n'),
      'apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: team}\nunsetOnly: true\nsetRoleBindingSubjects: allServiceAccounts\n',
      builtin('ReplicaCountTransformer', 'replica: {name: web, count: 4}\nfieldSpecs: [{path: spec/replicas, create: true, kind: Deployment}]\n'), builtin('ImageTagTransformer', 'imageTag: {name: nginx, newTag: v2}\n'),
    ].join('---\n'),
    'b.yaml': [
      builtin('PatchTransformer', 'patch: |-\n  - op: add\n    path: /x\n    value: 1\ntarget: {kind: Widget}\n'), builtin('PatchStrategicMergeTransformer', 'patches: |-\n  apiVersion: example.com/v1\n  kind: Widget\n  metadata: {name: w}\n  spec: {more: z}\n'),
      builtin('PatchJson6902Transformer', 'target: {kind: Widget, name: w}\njsonOp: |-\n  - op: add\n    path: /y\n    value: 1\n'), builtin('ReplacementTransformer', 'replacements:\n- source: {kind: Service}\n  targets: [{select: {kind: Widget}, fieldPaths: [spec.more]}]\n'),
      builtin('ValueAddTransformer', 'value: v\ntargets: [{fieldPath: spec/new/part, selector: {kind: Widget}}, {fieldPath: spec/more, filePathPosition: 1, selector: {kind: Widget}}]\n'), builtin('HashTransformer', ''),
    ].join('---\n'),
  }],
  ['a namespace for accounts of no RoleBinding', { ...kustomization('transformers: [t.yaml]\n'), 't.yaml': 'apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: foo}\nsetRoleBindingSubjects: none\nfieldSpecs: [{path: spec/schedule}, {path: spec/rules, kind: Nope}]\n' }],
  ['a namespace for a map', { 'kustomization.yaml': 'resources: [r.yaml]\ntransformers: [t.yaml]\n', 'r.yaml': WIDGET, 't.yaml': 'apiVersion: builtin\nkind: NamespaceTransformer\nmetadata: {name: t, namespace: foo}\nfieldSpecs: [{path: spec/cfg, kind: Widget}]\n' }],
  ['a prefix for nothing', transformed('PrefixTransformer', 'prefix: p-\n')],
  ['a count that is none', transformed('ReplicaCountTransformer', 'replica: {name: web, count: "4"}\n')],
  ['a patch that is none', transformed('PatchTransformer', 'target: {kind: ConfigMap}\n')],
  ['a merge of nothing', transformed('PatchStrategicMergeTransformer', '')],
  ['operations that are none', transformed('PatchJson6902Transformer', 'target: {kind: ConfigMap, name: a}\njsonOp: "a"\n')],
  ['a value for a map', { 'kustomization.yaml': 'resources: [r.yaml]\ntransformers: [t.yaml]\n', 'r.yaml': WIDGET, 't.yaml': builtin('ValueAddTransformer', 'targets: [{fieldPath: spec/cfg, selector: {kind: Widget}}]\n') }],
  ['a generator that is to transform', transformed('ConfigMapGenerator', 'literals: [a=b]\n')],
  ['a transformer that is to generate', { ...kustomization('generators: [t.yaml]\n'), 't.yaml': builtin('LabelTransformer', '') }],
  ['a transformer that nobody knows', transformed('SortOrderTransformer', '')],
  ['a plugin that is not built in', { ...kustomization('generators: [t.yaml]\n'), 't.yaml': EXTERNAL }],
  ['a plugin without folder', { ...kustomization('generators: [t.yaml]\n'), 't.yaml': EXTERNAL }, '--enable-alpha-plugins'],
  ['plugins that are missing', kustomization('transformers: [t.yaml]\n')],
  ['a validator that changes', { 'kustomization.yaml': 'resources: [r.yaml]\nvalidators: [t.yaml]\n', 'r.yaml': WIDGET, 't.yaml': builtin('LabelTransformer', `labels: {a: c}\n${LABELS}`) }],
  ['a validator that renames', { 'kustomization.yaml': 'resources: [r.yaml]\nvalidators: [t.yaml]\n', 'r.yaml': WIDGET, 't.yaml': builtin('PrefixTransformer', `prefix: p\n${NAMES}`) }],
  ['annotations that kustomize takes for its own', { 'kustomization.yaml': 'resources: [r.yaml]\n', 'r.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, annotations: {config.kubernetes.io/origin: x, alpha.config.kubernetes.io/transformations: z, k: v}}\n' }],
  ['schemas of custom resources', { 'r.yaml': WIDGET, 's.json': SCHEMA, 'kustomization.yaml': 'resources: [r.yaml]\nopenapi: {path: s.json}\npatches:\n- patch: |-\n    apiVersion: example.com/v1\n    kind: Widget\n    metadata: {name: w}\n    spec: {list: [{id: b, v: 3}, {id: c}], prim: [c], pairs: {x: [{id: q, z: 1, more: 1}, {id: q, z: 2}]}}\n' }],
  ['a schema of another version', kustomization('openapi: {version: v1.20}\n')],
  ['fields that crds tell of', { 'r.yaml': WIDGET.replace('  prim', '  sel: {x: "1"}\n  note: {a: b}\n  prim'), 'c.json': CRD, 'kustomization.yaml': 'resources: [r.yaml]\ncrds: [c.json]\nnamePrefix: p-\ncommonLabels: {l: m}\ncommonAnnotations: {k: v}\n' }],
  ['crds that are none', { ...kustomization('crds: [c.json]\n'), 'c.json': '["a"]' }],
  ['configurations of unknown fields', { ...kustomization('configurations: [c.yaml]\n'), 'c.yaml': 'labelz: []\n' }],
  ['fields of other types deep inside', kustomization('configMapGenerator: [{name: a, options: {labels: 1}}]\n')],
  ['a number that is not whole', kustomization('replacements: [{targets: [{options: {index: 1.5}}]}]\n')],
  ['a replacement that is nowhere', kustomization('replacements: [{path: n.yaml}]\n')],
  ['a patch of old that is nowhere', kustomization('patchesStrategicMerge: [n.yaml]\n')],
  ['kinds that Kubernetes v1.21 did not have', { 'kustomization.yaml': 'resources: [r.yaml]\nnamespace: team\n', 'r.yaml': 'apiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingAdmissionPolicy\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\n' }],
  ['a program that transforms', program('sed "s/^  prim:/  args: $#\\n&/"\n'), '--enable-alpha-plugins'],
  ['a program that generates', program('shift\necho "{apiVersion: v1, kind: ConfigMap, metadata: {name: gen, annotations: {kustomize.config.k8s.io/needs-hash: \\"true\\"}}, data: {args: \\"$*\\", config: \\"$KUSTOMIZE_PLUGIN_CONFIG_STRING\\"}}"\n', 'generators'), '--enable-alpha-plugins'],
  ['a program that fails', program('echo no >&2\nexit 2\n'), '--enable-alpha-plugins'],
  ['a program that repeats itself', program('X=$(cat)\necho "$X"\necho ---\necho "$X"\n'), '--enable-alpha-plugins'],
  ['a function', { ...program('', 'transformers'), 't.yaml': FUNCTION, 'bin/docker': '#!/bin/sh\nARGS="$(echo "$*" | sed "s#source=/[^,]*/#source=#g")"\nsed "s|^    prim:|    args: \\"$ARGS\\"\\n&|"\n' }, '--enable-alpha-plugins', '--network', '--mount=type=bind,src=r,dst=/r,rw=true', '-e', 'Q=2', '--env=B'],
  ['a function without network', { ...program('', 'generators'), 't.yaml': FUNCTION }, '--enable-alpha-plugins'],
  ['a chart', chart('releaseName: r, namespace: n, includeCRDs: true, skipTests: true, skipHooks: true, apiVersions: [x], kubeVersion: "1.2", nameTemplate: t, valuesInline: {b: {c: 3, e: 1}, a: null}'), '--enable-helm', '--helm-command=FOLDER/h'],
  ['a chart whose values come first', chart('valuesMerge: merge, valuesInline: {b: {c: 3, e: 1}}'), '--enable-helm', '--helm-command=FOLDER/h', '--helm-debug', '--helm-kube-version=9', '--helm-api-versions=q'],
  ['a chart without leave', chart('repo: r, version: v1')],
  ...['name: 5', 'behavior: true', 'literals: [5]', 'literals: [a=b]\noptions: {labels: {a: 1}}', 'type: 5', 'files: {a: 1}', 'TYPE: 1.5'].map((fields): [string, Files] => [
    `scalars in structs that are embedded: ${fields}`, { ...kustomization('generators: [g.yaml]\n'), 'g.yaml': builtin('SecretGenerator', `${fields}\n`) }]),
  ...['1', 'true', '"null"', '"0x1F"', '"a: b"', '"~"'].flatMap((affix) => [['Prefix', 'prefix'], ['Suffix', 'suffix']].map(([kind, field]): [string, Files] => [
    `${field} ${affix} of what is no text, or is not there`,
    { 'kustomization.yaml': 'resources: [a.yaml]\ntransformers: [t.yaml]\n', 'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: x, n: 5, q: "7", e: ""}\n', 't.yaml': builtin(`${kind}Transformer`, `${field}: ${affix}\nfieldSpecs: [{path: spec/c/name, create: true}, {path: data/a}, {path: data/n}, {path: data/q}, {path: data/e}, {path: data/new, create: true}]\n`) }])),
  ...['{apiVersion: v1}', '{kind: ""}', '{metadata: {}}', '{metadata: 5}', '{metadata: {name: x}}', '{a: b}', '{kind: 5}', '{apiVersion: v1, kind: A, metadata: {namespace: n, labels: {b: "1", a: "2"}, annotations: {x: "y"}}}', '{apiVersion: v1, metadata: {name: q, namespace: n, labels: {b: "1", a: "2"}}}'].map((text): [string, Files] => [
    `no resource: ${text}`, { 'kustomization.yaml': 'resources: [a.yaml]\n', 'a.yaml': `${text}\n` }]),
  ['a patch beside lists in which elements stand twice', {
    'kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: p.yaml}]\n', 'p.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {replicas: 7}\n',
    'a.yaml': 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, finalizers: [a, b, a]}\nspec: {template: {spec: {containers: [{name: d, env: [{name: B, value: " a"}, {name: A, value: x}, {name: B, value: "true"}, {name: B, value: c}], ports: [{name: http}, {containerPort: 80}, {containerPort: 80, protocol: UDP}, {containerPort: 80}]}]}}}\n' }],
  ['a chart without program', chart('version: v1'), '--enable-helm'],
  ['a chart that is nowhere', { ...chart(''), 'charts/c/values.yaml': '', 'kustomization.yaml': 'helmChartInflationGenerator: [{chartName: d}]\n' }, '--enable-helm', '--helm-command=FOLDER/h'],
];

describeParity('kustomize', () => {
  for (const [name, files, ...flags] of sampled(PLUGINS)) it(name, () => same(files, '.', ...flags));
  for (const [name, files, start] of sampled(CASES)) it(name, () => same(files, start));

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
    }), { numRuns: ALL ? 40 : 8 });
  }, 120_000);
});
