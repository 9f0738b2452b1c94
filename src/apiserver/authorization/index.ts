/** The authorizers that a server is told to ask (kube-apiserver --authorization-mode). */
import type { Storages } from '../storage/storages.ts';
import { alwaysAllow, alwaysDeny, AuthorizerChain, type Authorizer, type RuleResolver } from './authorizer.ts';
import type { AuthorizationMode } from './modes.ts';
import { NodeAuthorizer } from './node.ts';
import { RbacAuthorizer } from './rbac.ts';

export interface Authorization {
  readonly authorizer: AuthorizerChain;
  /** The stored policy, whatever the modes: escalation is checked against it. */
  readonly rbac: RbacAuthorizer;
}

export function authorization(modes: readonly AuthorizationMode[], storages: Storages): Authorization {
  const rbac = new RbacAuthorizer(storages);
  const made: Readonly<Record<AuthorizationMode, () => Authorizer & RuleResolver>> = {
    AlwaysAllow: () => alwaysAllow,
    AlwaysDeny: () => alwaysDeny,
    Node: () => new NodeAuthorizer(storages),
    RBAC: () => rbac,
  };
  return { authorizer: new AuthorizerChain(modes.map((mode) => made[mode]())), rbac };
}
