/** kubectl's switches in the environment (kubectl pkg/cmd/util/helpers.go: FeatureGate). */

export type FeatureGate = 'KUBECTL_KUBERC' | 'KUBECTL_ENABLE_CMD_SHADOW' | 'KUBECTL_REMOTE_COMMAND_WEBSOCKETS' | 'KUBECTL_PORT_FORWARD_WEBSOCKETS' | 'KUBECTL_OPENAPIV3_PATCH';

type Env = Readonly<Record<string, string | undefined>>;

/** For what is off unless asked for. */
export const isEnabled = (gate: FeatureGate, env: Env): boolean => env[gate]?.toLowerCase() === 'true';

/** For what is on unless it was refused. */
export const isDisabled = (gate: FeatureGate, env: Env): boolean => env[gate]?.toLowerCase() === 'false';
