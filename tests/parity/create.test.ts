/** `create …`: the generators offline, against the real kubectl. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeParity, oracle } from './oracle.ts';
import { ours } from './run-ours.ts';
import { generatorLines } from './support/generator-lines.ts';
import { sampled } from './support/sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'create-parity-'));
const file = (name: string, content: string | Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
mkdirSync(join(folder, 'dir'));
file('dir/a.txt', 'alpha\n');
file('dir/b.properties', 'x=1\ny=2\n');
const text = file('app.conf', 'key: value\nother: "quoted"\n');
const binary = file('bin', Buffer.from([0xff, 0xfe, 0, 1, 2]));
const envFile = file('vars.env', '# comment\n\nA=1\n  B=two words\nC=\nFROM_ENV\n');
const badEnv = file('bad.env', 'a b=1\n');
const docker = file('config.json', '{"auths":{}}');
let pair: { cert: string; key: string } | undefined;
try {
  pair = { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') };
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=x', '-keyout', pair.key, '-out', pair.cert], { stdio: 'ignore' });
} catch {
  pair = undefined;
}

const OBJECTS: readonly string[] = [
  'create deployment web --image=nginx',
  'create deploy web --image=nginx --port=80 --replicas=3',
  'create deployment web --image=a/b/c:1.2 --image=d@sha256:abc,e:1',
  'create deployment web --image=busybox -n other -- sh -c date',
  'create deployment web --image=busybox -r 0 --save-config',
  'create namespace n',
  'create ns n --save-config',
  'create ns n -n other',
  'create serviceaccount s',
  'create sa s -n x --save-config',
  'create configmap c --from-literal=b=2 --from-literal=a=1=1 --from-literal=empty= --from-literal=huge=1e400 --from-literal=tiny=.1e-400',
  `create configmap c --from-file=${text} --from-file=k=${binary}`,
  `create configmap c --from-file=${join(folder, 'dir')} --append-hash`,
  `create configmap c --from-file=k=${binary} --append-hash -n z`,
  `create cm c --from-env-file=${envFile} --save-config`,
  'create cm c',
  'create cm c --append-hash',
  'create secret generic s --from-literal=a=b --from-literal=c=ü',
  `create secret generic s --from-file=${text} --type=my/type --append-hash`,
  `create secret generic s --from-env-file=${envFile}`,
  'create secret generic s --save-config',
  'create secret docker-registry r --docker-username=u --docker-password=p<w> --docker-email=e@x',
  `create secret docker-registry r --from-file=${docker} --append-hash`,
  ...(pair ? [`create secret tls t --cert=${pair.cert} --key=${pair.key} --append-hash`] : []),
  'create service clusterip a --tcp=80',
  'create svc clusterip a --tcp=80:8080,443:https --clusterip=10.0.0.9 --save-config',
  'create svc clusterip a --clusterip=None',
  'create service nodeport a --tcp=80:8080 --node-port=30080 -n q',
  'create service loadbalancer a --tcp=80',
  'create service externalname a --external-name=bar.com',
  'create service externalname a --external-name=bar.com --tcp=80',
  'create job j --image=busybox',
  'create job j --image=busybox -n a --save-config -- sh -c "date"',
  'create cronjob c --image=busybox --schedule="*/1 * * * *"',
  'create cj c --image=busybox --schedule=@hourly --restart=Never -n y -- date +%s',
  'create quota q --hard=cpu=1,memory=1024Mi,pods=2 --scopes=BestEffort,Terminating',
  'create quota q --hard=cpu=1000m,memory=1.5Gi,a=+1,b=1.500,c=007Gi,d=5.,e=00,f=+8Ki,g=1E3,h=.5',
  'create quota q -n x --save-config',
  'create poddisruptionbudget p --selector=app=x --min-available=1',
  'create pdb p --selector=a==b,c,d-in-(e,f) --max-unavailable=50%',
  'create priorityclass p --value=1000 --description=high',
  'create pc p --value=5 --global-default=true --preemption-policy=Never --save-config',
  'create rolebinding r --role=x --user=u --user=v --group=g --serviceaccount=ns:sa',
  'create rolebinding r --clusterrole=x -n q --save-config',
  'create clusterrolebinding r --clusterrole=x --user=u --group=g --serviceaccount=a:b',
  'create clusterrole c --aggregation-rule=a=b,c=d',
  'create clusterrole c --verb=get,post --non-resource-url=/logs/*,/x --save-config',
  'create ingress i --rule=foo.com/bar=svc1:8080,tls=my-cert',
  'create ingress i --class=other --rule=/path*=svc:port',
  'create ingress i --rule=a.com/=s:80,tls --rule=a.com/x*=t:http --rule=b.com/=s:80,tls --annotation=k=v --annotation=l=',
  'create ingress i --default-backend=d:http --rule=foo.com/*=svc:8080,tls=s1 --rule=bar.com/*=svc:8080,tls=s1 -n q',
  'create ing i --default-backend=d:80',
];

const FAULTS: readonly string[] = [
  'create deployment', 'create deployment web', 'create deployment web --image=a b', 'create deployment web --image=a --image=b -- c', 'create deployment web --image=a --port=x', 'create deployment web --image=a --replicas',
  'create deployment web --image=a -o foo', 'create deployment web --image=a --dry-run=maybe', 'create deployment web --image=a --validate=perhaps', 'create deployment web --image=a --nope', 'create deployment -- x --image=a',
  'create namespace', 'create namespace a b',
  'create configmap', 'create cm c --from-literal=a', 'create cm c --from-literal==a', 'create cm c --from-literal=a=1 --from-literal=a=2', 'create cm c --from-literal=..a=1', 'create cm c --from-literal=a/b=1',
  `create cm c --from-env-file=${envFile} --from-literal=a=b`, `create cm c --from-env-file=${badEnv}`, `create cm c --from-env-file=${folder}`, `create cm c --from-file=${join(folder, 'none')}`, `create cm c --from-file=k=${folder}`,
  'create cm c --from-file==x', 'create cm c --from-file=x=', 'create cm c --from-file=a=b=c', `create cm c --from-file=a=${text} --from-file=a=${binary}`,
  'create secret generic', 'create secret generic s --from-literal=a=1 --from-literal=a=2', 'create secret generic s --from-literal=a*b=1', `create secret generic s --from-env-file=${folder}`,
  'create secret docker-registry r', 'create secret tls t', `create secret tls t --cert=${text} --key=${text}`, `create secret tls t --cert=${join(folder, 'none')} --key=x`,
  ...(pair ? [`create secret tls t --cert=${pair.key} --key=${pair.cert}`, `create secret tls t --cert=${pair.cert} --key=${pair.cert}`, `create secret tls t --cert=${pair.cert} --key=${text}`] : []),
  'create secret nope', 'create service clusterip a', 'create service clusterip a --tcp=abc', 'create service clusterip a --tcp=70000', 'create service clusterip a --tcp=80:a_b', 'create service clusterip a --tcp=80:90000', 'create service clusterip a --tcp=80:0',
  'create service externalname a', 'create service externalname a --external-name=a_b', 'create service nodeport a --tcp=1 --node-port=x',
  'create job j', 'create job j --image=a --from=cronjob/b', 'create job j --from=cronjob/b -- x', 'create cronjob c', 'create cronjob c --image=a',
  'create quota q --hard=cpu', 'create quota q --hard=cpu=1x', 'create quota q --scopes=a,,b', 'create pdb p', 'create pdb p --selector=a=b', 'create pdb p --selector=a=b --min-available=1 --max-unavailable=1', 'create pdb p --selector=a=b --min-available=x', 'create pdb p --selector=a!=b --min-available=1',
  'create pc p --value=x', 'create rolebinding r', 'create rolebinding r --role=a --clusterrole=b', 'create rolebinding r --role=a --serviceaccount=x', 'create clusterrolebinding r', 'create clusterrole c', 'create clusterrole c --verb=get', 'create clusterrole c --aggregation-rule=a',
  'create clusterrole c --verb=get --aggregation-rule=a=b', 'create clusterrole c --verb=list --non-resource-url=/x', 'create clusterrole c --verb=get --non-resource-url=x', 'create clusterrole c --verb=get --non-resource-url=/x*y',
  'create ingress i', 'create ingress i --rule=foo', 'create ingress i --default-backend=x', 'create ingress i --rule=a/=s:1 --annotation=x',
  'create token', 'create token t --duration=-1s', 'create token t --duration=1500ms', 'create token t --bound-object-name=x', 'create token t --bound-object-uid=x', 'create token t --bound-object-kind=Deployment', 'create token t --bound-object-kind=Pod', 'create token t --audience=',
  // What random lines have found.
  'create service clusterip "" --clusterip=None --dry-run=client -o yaml', 'create clusterrole c --aggregation-rule=a --nope', 'create clusterrole c --aggregation-rule=,b=c,a=x,b=d,, --dry-run=client -o yaml', 'create token t --duration=9223372036854775808ns', 'create token t --duration=1ü', 'create ns n --request-timeout= --dry-run=client', 'create ns n --request-timeout=10000000h --dry-run=client', 'create ns n --dry-run=client -o YAML', 'create ns n --dry-run=client -o Json', 'create ns n --dry-run=client -o NAME', 'create ns n --record',
  'create pc a --value=1 --dry-run=client --allow-missing-template-keys=false -o template={{.nope}}', 'run a --image=b --record --nope',
  'run a -ß', 'get --raw /x -s x:y:z', 'get --raw /x -s "a b"', 'get --raw /x -s 1.2.3.4:80/x', 'get --raw /x -s http://%zz', 'get --raw /x -s http://a:b', 'get --raw /x -s x:99999', 'get --raw /x -s http://', "get -'", 'set zz yy', 'auth reconcile -f x --dry-run=x', 'auth reconcile -f x --dry-run=server', 'set selector --local -f /dev/null a/b/c=d',
  'create', 'create -f', 'create foo', 'create -f x --raw=/api -o yaml', 'create -f x -f y --raw=/api', 'create -f x -R --raw=/api', 'create -f x -l a=b --raw=/api', 'create -f x --raw=api', 'create -f http://x/y --raw=/api', `create -f ${join(folder, 'none')}`, 'create -f x -k y', 'create -f x --dry-run=x',
];

const template = file('name.tmpl', '{{.kind}} {{.metadata.name}} {{.x}}\n');

/** What all generators have, to one of them, and what is wrong with some of it. */
const FLAGGED: readonly string[] = [
  `create ns n -o go-template-file=${template}`, `create ns n -o go-template-file --template=${template}`, `create ns n -o templatefile=${template}`, `create ns n -o jsonpath-file=${template}`, `create ns n -o go-template-file=${join(folder, 'none')}`, `create ns n -o jsonpath-file=${folder}`,
  'create ns n -o template --template={{.kind}}', 'create ns n -o go-template', 'create ns n -o go-template=', 'create ns n --template=', 'create ns n --template={{.kind', 'create ns n --template={{.kind.x}}', 'create ns n -o jsonpath={.kind', 'create ns n -o jsonpath-as-json={.metadata}', 'create ns n -o jsonpath', 'create ns n -o name --template={{.kind}}', 'create ns n -o yaml --template={{.kind}}', 'create ns n -o wide', 'create ns n -o custom-columns=A:.kind', 'create ns n -o --template=x',
  'create ns n --allow-missing-template-keys=perhaps', 'create ns n --show-managed-fields=x', 'create ns n --validate=', 'create ns n --validate=true', 'create ns n --validate=false', 'create ns n --validate=warn', 'create ns n --validate', 'create ns n --save-config=x',
  'run p --image=a --image-pull-policy=x', 'run p --image=a --pod-running-timeout=0s', 'run p --image=a --pod-running-timeout=x', 'run p --image=a --tty', 'run p --image=a --attach', 'run p --image=a -it', 'run p --image=a --rm', 'run p --image=a --cascade=x', 'run p --image=a --grace-period=x', 'run p --image=a --timeout=x', 'run p --image=a --wait=x',
];

/** A command line as a shell would split it: words, and "quoted words". */
const words = (line: string): string[] => [...line.matchAll(/"([^"]*)"|((?:[^\s"]|"[^"]*")+)/g)].map(([whole, quoted]) => quoted ?? whole.replaceAll('"', ''));
const insert = (line: string, ...flags: string[]): string[] => {
  const args = words(line).map((word) => word.replaceAll('-in-(', ' in ('));
  const dash = args.indexOf('--');
  return dash < 0 ? [...args, ...flags] : [...args.slice(0, dash), ...flags, ...args.slice(dash)];
};
const env = { FROM_ENV: 'given' };

async function compare(args: readonly string[]): Promise<void> {
  expect(await ours(args, undefined, '', env)).toEqual(oracle(args, '', env));
}

describeParity('objects', () => {
  test.each(sampled(OBJECTS))('%s', async (line) => {
    for (const output of ['yaml', 'json']) await compare(insert(line, '--dry-run=client', '-o', output));
  });
  test.each(OBJECTS.filter((_, index) => index % 12 === 0))('%s, one line', async (line) => {
    for (const output of [['-o', 'name'], []]) await compare(insert(line, '--dry-run=client', ...output));
  });
});

describeParity('flags of all generators', () => {
  test.each(sampled(generatorLines(pair)))('%s', async (_, lines) => {
    for (const line of lines) await compare(line);
  });
  test.each(sampled(FLAGGED))('%s', async (line) => compare(insert(line, '--dry-run=client')));
});

describeParity('faults', () => {
  test.each(sampled(FAULTS))('%s', async (line) => compare(words(line)));
});
