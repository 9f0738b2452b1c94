/** One line for each generator of `create` that asks no server, with the flags that all of them have. */
import type { Words } from './used-lines.ts';

/** What all of them can be told about their output and the object's writer. */
const COMMON: readonly Words[] = [
  ['--template={{.kind}}/{{.metadata.name}} {{.x.y}}', '--field-manager=me', '--save-config'], ['-o', 'go-template={{.x}}', '--allow-missing-template-keys=false'], ['-o', 'jsonpath={.x}', '--allow-missing-template-keys=false', '--field-manager='], ['-o', 'json', '--show-managed-fields', '--validate=strict', '--template={{.x}}'],
];

const GENERATORS: readonly string[] = [
  'clusterrole c --verb=get --non-resource-url=/x', 'clusterrolebinding c --clusterrole=x --user=u', 'configmap c --from-literal=a=b', 'cronjob c --image=a --schedule=@daily', 'deployment d --image=a', 'ingress i --rule=a.com/=s:80', 'job j --image=a', 'namespace n', 'poddisruptionbudget p --selector=a=b --min-available=1',
  'priorityclass p --value=1', 'quota q --hard=pods=1', 'rolebinding r --role=x --user=u', 'secret docker-registry r --docker-server=https://d.io --docker-username=u --docker-password=p', 'secret generic s --from-literal=a=b',
  'service clusterip s --tcp=80', 'service externalname s --external-name=a.com', 'service loadbalancer s --tcp=80', 'service nodeport s --tcp=80', 'serviceaccount s',
];

/** The lines by generator; that of `create secret tls` needs a pair of files. */
export const generatorLines = (pair?: { readonly cert: string; readonly key: string }): readonly (readonly [string, readonly Words[]])[] =>
  [...GENERATORS, ...(pair ? [`secret tls t --cert=${pair.cert} --key=${pair.key}`] : [])].map((line) => [line, COMMON.map((flags) => ['create', ...line.split(' '), '--dry-run=client', ...flags])]);
