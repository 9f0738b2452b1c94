/** What an image brings along: the shape of the catalogue's entries. A run follows from these and the pod's manifest. */

/** How a URL path of a server answers. */
export interface HttpPath {
  readonly path: string;
  readonly code: number;
  /** From this age of the process on (ms) it answers `thenCode` instead. */
  readonly untilMs?: number;
  readonly thenCode?: number;
}

/** A network server that a program becomes. */
export interface ServerBehaviour {
  /** Ports it listens on, unless `portFlag` or `portEnv` say otherwise. */
  readonly ports: readonly number[];
  /** A command-line flag that names the port ("--http-port"); the value may be ":8080" too. */
  readonly portFlag?: string;
  /** A bare argument that is the port ("python -m http.server 8000"). */
  readonly portArgument?: boolean;
  readonly portEnv?: string;
  readonly http?: {
    readonly paths: readonly HttpPath[];
    /** For every other path. */
    readonly otherwise: number;
    /** Files under this folder decide instead, where a volume is mounted on it. */
    readonly documentRoot?: string;
  };
  readonly grpc?: boolean;
  /** How long it takes to listen with realistic timing. */
  readonly startupMs: number;
}

/** What one program of an image does. */
export interface Program {
  /** The words that the command line begins with, e.g. ["agnhost", "netexec"]; the first is compared by its base name. */
  readonly command: readonly string[];
  /** Lines on standard output at the start; ${NAME} is replaced by the environment. */
  readonly output?: readonly string[];
  readonly errorOutput?: readonly string[];
  /** A script's text that goes before the program: the entrypoint runs the rest of the command line. */
  readonly wrapper?: boolean;
  readonly server?: ServerBehaviour;
  /** Ends by itself. */
  readonly exit?: { readonly code: number; readonly afterMs: number };
  /** Goes on until it is stopped, without serving anything. */
  readonly runsForever?: boolean;
  /** One of these variables must be set, else it prints the lines and exits. */
  readonly requiredEnv?: { readonly anyOf: readonly string[]; readonly output: readonly string[]; readonly code: number };
  /** The exit code on SIGTERM (or the image's stop signal); left out: the signal is ignored, as PID 1 does without a handler. */
  readonly onStop?: number;
}

export interface ImageEntry {
  /** "docker.io/library/nginx". */
  readonly repository: string;
  readonly tags: {
    readonly names?: readonly string[];
    /** [major, first minor, last minor]: "1.7" to "1.29", each with any patch up to `maxPatch`. */
    readonly versions?: readonly (readonly [number, number, number])[];
    /** What may follow a name or version after a dash: "alpine". */
    readonly suffixes?: readonly string[];
    readonly maxPatch?: number;
    /** Tags begin with "v". */
    readonly v?: boolean;
  };
  /** A variable of `env` that tells the version of the tag, and the newest patches of versions that name none. */
  readonly version?: { readonly variable: string; readonly patches: Readonly<Record<string, number>> };
  /** Text files by their paths. */
  readonly files?: Readonly<Record<string, string>>;
  /** Compressed size in bytes. */
  readonly sizeBytes: number;
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  /** uid of the image's user; 0 unless given. `userName`: a name that the kubelet can't check. */
  readonly uid?: number;
  readonly gid?: number;
  /** Groups that /etc/group gives the user beside its own. */
  readonly groups?: readonly number[];
  readonly userName?: string;
  readonly programs?: readonly Program[];
  /** The shells and tools within: 'busybox' and 'posix' have a shell and coreutils, 'none' has neither. */
  readonly tools: 'busybox' | 'posix' | 'none';
}
