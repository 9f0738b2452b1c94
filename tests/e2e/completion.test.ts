/** The completion script in a real bash: what the tab key would offer. */
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root, session } from './support.ts';

const ASK = `
source <(kubectl completion bash)
kubectl create deployment web --image=nginx >/dev/null
ask() { COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}; COLUMNS=60; COMPREPLY=(); __kubectl_complete; printf '%s|' "\${COMPREPLY[@]}"; echo; }
ask kubectl get dep
ask kubectl get deployments.apps ''
ask kubectl top
ask kubectl rollout s
ask kubectl rollout r
ask kubectl get pods -o=js
ask kubectl get pods --namespace=kube-s
ask kubectl nowhere zzz-no-such-file
`;

const terminal = session();

test('bash offers commands, flags and names', async () => {
  const bin = terminal.path('bin');
  mkdirSync(bin);
  symlinkSync(join(process.env.MOCK_KUBECTL_E2E ?? root, 'bin/mock-kubectl'), join(bin, 'kubectl'));
  const offered = await new Promise<string>((resolve, reject) => {
    execFile('bash', ['--norc', '-uc', ASK], { env: { PATH: `${bin}:${process.env.PATH ?? ''}`, MOCK_KUBECTL_HOME: terminal.cluster } }, (error, stdout, stderr) => {
      if (error || stderr !== '') reject(error ?? new Error(stderr));
      else resolve(stdout);
    });
  });
  expect(offered.split('\n')).toEqual([
    'deployments.apps|',
    'web|',
    expect.stringMatching(/^(?:top)?\|$/),
    'status|',
    'restart  (Restart a resource)|resume   (Resume a paused resource)|',
    'json|jsonpath|jsonpath-as-json|jsonpath-file|',
    'kube-system|',
    '|',
    '',
  ]);
});
