/** What is wrong gets kubectl's message and exit code, and nothing is half applied. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { sharedDaemon } from './support.ts';

const it1 = sharedDaemon('--nodes 1');
const configMap = (rest: string): string => `apiVersion: v1\nkind: ConfigMap\n${rest}`;

/** What is wrong with a manifest → what is said of it, with "FILE" for its name. */
const MANIFESTS: readonly (readonly [name: string, text: string, message: string])[] = [
  ['empty.yaml', '', 'error: no objects passed to VERB\n'],
  ['comment.yaml', '# nothing\n', 'error: no objects passed to VERB\n'],
  ['broken.yaml', 'a: b: c\n', 'error: error parsing FILE: error converting YAML to JSON: yaml: mapping values are not allowed in this context\n'],
  ['indent.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n data: {}\n', 'error: error parsing FILE: error converting YAML to JSON: yaml: line 4: did not find expected key\n'],
  ['tab.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n', 'error: error parsing FILE: error converting YAML to JSON: yaml: line 4: found character that cannot start any token\n'],
  ['text.yaml', 'just text\n', 'error: error validating "FILE": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false\n'],
  ['cut.json', '{"apiVersion":"v1","kind":"ConfigMap"', 'error: error parsing FILE: unexpected EOF\n'],
  ['comma.json', '{"apiVersion":"v1" "kind":"ConfigMap"}', 'error: error parsing FILE: json: offset 20: invalid character \'"\' after object key:value pair\n'],
  ['nokind.yaml', 'apiVersion: v1\nmetadata: {name: x}\n', 'error: error validating "FILE": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false\n'],
  ['noversion.yaml', 'kind: ConfigMap\nmetadata: {name: x}\n', 'error: error validating "FILE": error validating data: apiVersion not set; if you choose to ignore these errors, turn validation off with --validate=false\n'],
  ['neither.yaml', 'metadata: {name: x}\n', 'error: error validating "FILE": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false\n'],
  ['kind.yaml', 'apiVersion: v1\nkind: Wombat\nmetadata: {name: x}\n', 'error: resource mapping not found for name: "x" namespace: "" from "FILE": no matches for kind "Wombat" in version "v1"\nensure CRDs are installed first\n'],
  ['field.yaml', configMap('metadata: {name: x}\ndatta: {a: b}\n'), 'Error from server (BadRequest): error when creating "FILE": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "datta"\n'],
  ['type.yaml', configMap('metadata: {name: x}\ndata: {a: 1}\n'), 'Error from server (BadRequest): error when creating "FILE": ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string\n'],
  ['label.yaml', configMap('metadata: {name: x, labels: {"a b": c}}\n'),
    'The ConfigMap "x" is invalid: metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters, \'-\', \'_\' or \'.\', and must start and end with an alphanumeric character (e.g. \'MyName\',  or \'my.name\',  or \'123-abc\', regex used for validation is \'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\')\n'],
  ['number.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {replicas: two, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}\n',
    'Error from server (BadRequest): error when creating "FILE": Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32\n'],
  ['several.yaml', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: a}]}}}\n',
    'The Deployment "x" is invalid: \n* spec.template.metadata.labels: Invalid value: map[string]string{"a":"c"}: `selector` does not match template `labels`\n* spec.template.spec.containers[0].image: Required value\n'],
];

describe.each(['create', 'apply'])('%s', (verb) => {
  test.each(MANIFESTS)('%s', async (name, text, message) => {
    const file = it1.path(name);
    writeFileSync(file, text);
    expect(await it1.fails(`${verb} -f ${file}`)).toBe(message.replaceAll('FILE', file).replace('VERB', verb));
    expect((await it1.run('get configmaps,deployments -o name')).stdout).toBe('configmap/kube-root-ca.crt\n');
  });
});

test('a missing name', async () => {
  const text = configMap('metadata: {}\n');
  expect(await it1.fails('create -f -', { input: text })).toBe('The ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required\n');
  expect(await it1.fails('apply -f -', { input: text })).toBe('error: error when retrieving current configuration of:\nResource: "/v1, Resource=configmaps", GroupVersionKind: "/v1, Kind=ConfigMap"\nName: "", Namespace: "default"\nfrom server for: "STDIN": resource name may not be empty\n');
});

test('of two equal keys the last counts, as with kubectl', async () => {
  await it1.ok('create -f -', { input: configMap('metadata: {name: twice}\ndata:\n  a: b\n  a: c\n') });
  expect(await it1.ok(`get configmap twice -o jsonpath='{.data.a}'`)).toBe('c');
  expect(await it1.fails('create -f -', { input: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"thrice"},"data":{"a":"1","a":"2"}}' }).catch((error: Error) => error.message)).toContain('thrice');
  await it1.run('delete configmap twice thrice');
});

test('a bad document keeps the others of its file from nothing', async () => {
  const input = `${configMap('metadata: {name: first}\n')}---\napiVersion: v1\nkind: Wombat\nmetadata: {name: x}\n---\n${configMap('metadata: {name: third}\n')}`;
  expect(await it1.run('apply -f -', { input })).toEqual({
    code: 1,
    stdout: 'configmap/first created\nconfigmap/third created\n',
    stderr: 'error: resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Wombat" in version "v1"\nensure CRDs are installed first\n',
  });
  await it1.ok('delete configmap first third');
});

test('files and folders that are not there', async () => {
  mkdirSync(it1.path('empty'));
  writeFileSync(it1.path('empty', 'readme.txt'), 'hello');
  const empty = it1.path('empty');
  const nothing = it1.path('nothing.yaml');
  expect(await it1.fails(`apply -f ${empty}`)).toBe(`error: error reading [${empty}]: recognized file extensions are [.json .yaml .yml]\n`);
  expect(await it1.fails(`apply -f ${nothing}`)).toBe(`error: the path "${nothing}" does not exist\n`);
  expect(await it1.fails('apply')).toBe('error: must specify one of -f and -k\n');
  expect(await it1.fails(`create configmap x --from-file=${nothing}`)).toBe(`error: error reading ${nothing}: no such file or directory\n`);
});

const LINES: readonly (readonly [line: string, message: string])[] = [
  ['get wombats', 'error: the server doesn\'t have a resource type "wombats"\n'],
  ['get pod nobody', 'Error from server (NotFound): pods "nobody" not found\n'],
  ['get pods -o wombat', 'error: unable to match a printer suitable for the output format "wombat", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml\n'],
  ['get pods --nope', "error: unknown flag: --nope\nSee 'mock-kubectl get --help' for usage.\n"],
  ['get pods --field-selector nope=1', 'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "nope=1": field label not supported: nope\n'],
  ['wombat', 'error: unknown command "wombat" for "mock-kubectl"\n'],
  ['delete pod', 'error: resource(s) were provided, but no name was specified\n'],
  ['delete pod nobody', 'Error from server (NotFound): pods "nobody" not found\n'],
  ['create deployment x', 'error: required flag(s) "image" not set\n'],
  ['scale deployment nobody --replicas=1', 'error: no objects passed to scale deployments.apps "nobody" not found\n'],
  ['rollout status deployment/nobody', 'Error from server (NotFound): deployments.apps "nobody" not found\n'],
  ['wait --for=condition=Ready pod/nobody', 'Error from server (NotFound): pods "nobody" not found\n'],
  ['fault node node-9 --down', 'Error from server (NotFound): nodes "node-9" not found\n'],
  ['fault node node-1', 'error: one of --down and --up is required\n'],
  ['daemon start now', "error: unexpected arguments: now\nSee 'mock-kubectl daemon start -h' for help and examples\n"],
  ['daemon start --speed fast', 'error: --speed must be a number of 0 or more, not "fast"\n'],
  ['daemon start --nodes=-1', 'error: --nodes must be 0 or more, not -1\n'],
];

test.each(LINES)('%s', async (line, message) => {
  expect(await it1.fails(line)).toBe(message);
});

test('who reads only the first lines is no error', async () => {
  await it1.ok('create configmap big --from-literal=a=1');
  const running = it1.start('get pods -w -A -o yaml');
  running.process.stdout?.destroy();
  await it1.ok('run one --image=nginx');
  await it1.ok('run two --image=nginx');
  expect(await running.result).toMatchObject({ code: 141, stderr: '' });
});
