/** What a command asks the builder for, and what stands behind its answer. */
import type { FilenameOptions } from '../shared/filename-flags.ts';
import type { Info } from './info.ts';

export interface ResourceQuery {
  readonly files?: FilenameOptions;
  readonly args?: readonly string[];
  /** The namespace for objects and arguments that name none. */
  readonly namespace: string;
  /** Objects from files must be of `namespace` (-n was given). */
  readonly enforceNamespace?: boolean;
  readonly allNamespaces?: boolean;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** --all: every object of the types. */
  readonly selectAll?: boolean;
  /** It is looked at before the selectors, which are at odds with it then (the order of the builder's calls). */
  readonly allBeforeSelectors?: boolean;
  /** TYPE alone selects all of it. */
  readonly typeSelectsAll?: boolean;
  /** More than one type is an error. */
  readonly singleType?: boolean;
  /** Goes on after a fault and reports all of them at the end. */
  readonly continueOnError?: boolean;
  /** Read objects named by arguments from the server (default true). */
  readonly requireObject?: boolean;
  /** Read objects from files from the server, too: what is stored, not what the file says. */
  readonly latest?: boolean;
  /** Objects are held as kubectl's structs of their kinds; what it has none of cannot be read then (WithScheme). */
  readonly typed?: boolean;
  /** How documents are checked before anything else is asked of them (--validate). */
  readonly validate?: 'Strict' | 'Warn' | 'Ignore';
  /** Standard input has been read already: no file can be it. */
  readonly stdinInUse?: boolean;
  /** What is wrong with a document is only noted at its objects. */
  readonly keepInvalid?: boolean;
  /** No server is asked: kinds that no table knows are let through. */
  readonly local?: boolean;
  readonly subresource?: string;
  readonly chunkSize?: number;
  /** Answers as Tables, one info per answer; with `Object` each row carries its whole object. */
  readonly tables?: 'Metadata' | 'Object';
  /** Type of arguments that are plain names ("rollout status web" has none; "set" neither). */
  readonly defaultType?: string;
}

/** Told of what is wrong with one object; goes on with the next when it returns. */
export type OnFault = (error: unknown) => void;
/** Told of objects in a source beside the one that each is taken to hold. */
export type OnMore = (count: number) => void;
export type Source = (onFault: OnFault, onMore: OnMore) => AsyncGenerator<Info, void, undefined>;
