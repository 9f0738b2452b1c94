/** What a call of debug asks for, and how the pods that it makes are written. */
import type { Draft } from '../../../api/json.ts';
import type { Container, Pod, PodSpec } from '../../../api/generated/types.ts';

export type ProfileName = 'legacy' | 'general' | 'baseline' | 'restricted' | 'netadmin' | 'sysadmin';
export type PartialContainer = Partial<Container>;
export type DebugContainer = Draft<Container>;
export type DebugPod = Draft<Pod> & { metadata: NonNullable<Draft<Pod>['metadata']>; spec: Draft<PodSpec> };

export interface KeepFlags {
  readonly 'keep-annotations': boolean;
  readonly 'keep-init-containers': boolean;
  readonly 'keep-labels': boolean;
  readonly 'keep-liveness': boolean;
  readonly 'keep-readiness': boolean;
  readonly 'keep-startup': boolean;
}

export interface DebugWish extends KeepFlags {
  readonly 'arguments-only': boolean;
  readonly container: string;
  readonly 'copy-to': string;
  readonly custom: PartialContainer | undefined;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly image: string;
  readonly 'image-pull-policy': string;
  readonly profile: ProfileName;
  readonly replace: boolean;
  readonly 'same-node': boolean;
  readonly setImages: ReadonlyMap<string, string>;
  /** Where it was said. */
  readonly shareProcesses?: boolean;
  readonly stdin: boolean;
  readonly target: string;
  readonly tty: boolean;
  /** The command, or its arguments. */
  readonly words: readonly string[];
  /** Tells what was decided, unless it is to be quiet. */
  readonly say: (text: string) => void;
  readonly warn: (text: string) => void;
}
