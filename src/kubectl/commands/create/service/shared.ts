/** What the four `create service` commands share. */
import { dns1123SubdomainErrors } from '../../../../api/names.ts';
import type { CommandContext } from '../../../command.ts';
import { CommandError } from '../../../errors.ts';
import { newService, type ServiceType } from '../../../generate/service.ts';
import { createFlags, prepareCreate } from '../shared.ts';

export const serviceFlags = {
  ...createFlags,
  tcp: { type: 'strings', default: [], description: 'Ports, each "<port>:<targetPort>".' },
} as const;

export interface ServiceFlags {
  readonly tcp: readonly string[];
  readonly clusterIP?: string;
  readonly nodePort?: number;
  readonly externalName?: string;
}

export async function createService(ctx: CommandContext, args: readonly string[], flags: object, type: ServiceType, given: ServiceFlags): Promise<void> {
  const { tcp, clusterIP = '', nodePort = 0, externalName = '' } = given;
  const { name, namespace, create } = await prepareCreate(ctx, args, flags);
  if (clusterIP !== 'None' && tcp.length === 0 && type !== 'ExternalName') throw new CommandError('at least one tcp port specifier must be provided');
  if (type === 'ExternalName' && dns1123SubdomainErrors(externalName).length > 0) throw new CommandError(`invalid service external name ${externalName}`);
  // The real kubectl ignores --save-config here.
  await create(newService({ name, namespace, type, tcp, clusterIP, nodePort, externalName }), { failure: `failed to create ${type} service:`, neverAnnotate: true });
}
