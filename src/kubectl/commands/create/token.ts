/** kubectl create token. */
import type { KubeObject } from '../../../api/object.ts';
import { SERVICEACCOUNTS } from '../../../api/kinds.ts';
import { defineCommand } from '../../command.ts';
import { CommandError, textOf } from '../../errors.ts';
import { typedPrinter } from '../../generate/typed.ts';
import { printFlags } from '../../shared/print-flags.ts';
import { nameArgument } from './shared.ts';

const BOUND_KINDS = ['Node', 'Pod', 'Secret'];

export const command = defineCommand({
  name: 'token',
  usage: 'token SERVICE_ACCOUNT_NAME',
  short: 'Request a service account token.',
  examples: `# A token for the API server as service account "myapp"
kubectl create token myapp

# In another namespace
kubectl create token myapp --namespace myns

# For ten minutes
kubectl create token myapp --duration 10m

# For somebody else than the API server
kubectl create token myapp --audience https://example.com

# That ends with an object
kubectl create token myapp --bound-object-kind Secret --bound-object-name mysecret`,
  flags: {
    ...printFlags,
    audience: { type: 'array', default: [], description: 'For whom the token is; the API server where nothing is said. May be given several times.' },
    'bound-object-kind': { type: 'string', default: '', description: `Kind of an object that the token ends with: ${BOUND_KINDS.join(', ')}. Needs --bound-object-name.` },
    'bound-object-name': { type: 'string', default: '', description: 'Name of the object that the token ends with. Needs --bound-object-kind.' },
    'bound-object-uid': { type: 'string', default: '', description: 'UID of that object; of the existing one where nothing is said.' },
    duration: { type: 'duration', default: 0, defaultText: '0s', description: 'How long the token is to be valid; 0 leaves it to the server, which may choose otherwise anyway.' },
  },
  async run(ctx, args, flags) {
    const { values } = flags;
    const { duration, audience, 'bound-object-kind': kind, 'bound-object-name': boundName, 'bound-object-uid': uid } = values;
    const name = nameArgument(ctx, args, flags);
    const printer = await typedPrinter(ctx, flags as unknown as Parameters<typeof typedPrinter>[1], 'created');
    await ctx.namespace();
    if (name === '') throw new CommandError('service account name is required');
    if (duration < 0) throw new CommandError('--duration must be greater than or equal to 0');
    if (duration % 1000 !== 0) throw new CommandError('--duration cannot be expressed in units less than seconds');
    if (audience.includes('')) throw new CommandError('--audience must not be an empty string');
    if (kind === '') {
      if (boundName !== '') throw new CommandError('--bound-object-name can only be set if --bound-object-kind is provided');
      if (uid !== '') throw new CommandError('--bound-object-uid can only be set if --bound-object-kind is provided');
    } else {
      if (!BOUND_KINDS.includes(kind)) throw new CommandError(`supported --bound-object-kind values are ${BOUND_KINDS.join(', ')}`);
      if (boundName === '') throw new CommandError('--bound-object-name is required if --bound-object-kind is provided');
    }
    const request = {
      kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { creationTimestamp: null },
      spec: {
        audiences: audience.length > 0 ? audience : null,
        expirationSeconds: duration > 0 ? duration / 1000 : null,
        boundObjectRef: kind === '' ? null : { kind, apiVersion: 'v1', name: boundName, ...(uid === '' ? {} : { uid }) },
      },
      status: { token: '', expirationTimestamp: null },
    };
    const client = await ctx.client();
    let answer: KubeObject & { readonly status?: { readonly token?: string } };
    try {
      answer = await client.of(SERVICEACCOUNTS).createSub(await ctx.namespace(), name, 'token', request);
    } catch (error) {
      throw new CommandError(`failed to create token: ${textOf(error)}`);
    }
    const token = answer.status?.token ?? '';
    if (token === '') throw new CommandError('failed to create token: no token in server response');
    // kubectl prints its struct, in which a reference that is not there is null.
    if (flags.changed('output')) return printer.print({ ...answer, spec: { boundObjectRef: null, ...(answer as { readonly spec?: object }).spec } } as KubeObject);
    ctx.streams.stdout.write(ctx.streams.stdout.isTTY ? `${token}\n` : token);
  },
});
