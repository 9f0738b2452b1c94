/** How the API server reaches a node's kubelet, for what only the node knows and does: logs, exec, attach, port-forward. The kubelet implements it. */

/** What is asked of a kubelet's /containerLogs endpoint; texts and defaults as v1.PodLogOptions. */
export interface ContainerLogsRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  readonly follow: boolean;
  /** The terminated instance before the current one. */
  readonly previous: boolean;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  readonly limitBytes?: number;
  readonly timestamps: boolean;
}

/** Which container of which pod. */
export interface ContainerTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
}

/** A command to run in a container, as v1.PodExecOptions. */
export interface ExecRequest extends ContainerTarget {
  readonly command: readonly string[];
}

/** Where a port leads to, as v1.PodPortForwardOptions. */
export interface PortForwardRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly port: number;
}

/** The client's side of exec and attach. What was not asked for is undefined. */
export interface ContainerStreams {
  /** A terminal: echo, line editing, and one stream of output. */
  readonly tty: boolean;
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  readonly stdout: ((bytes: Uint8Array) => void) | undefined;
  readonly stderr: ((bytes: Uint8Array) => void) | undefined;
  /** A terminal's size, at once and whenever it changes. */
  readonly onSize?: (listener: (size: TerminalSize) => void) => void;
}

/** In characters; the names are those on the wire. */
export interface TerminalSize {
  readonly Width: number;
  readonly Height: number;
}

/** Which streams the client has asked for. */
export interface ContainerWants {
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** A connection to a pod that has been allowed; what it carries depends on the subresource. `refusal`: why the node would not begin it now. */
export type Connection =
  | { readonly kind: 'container'; readonly wants: ContainerWants; run(streams: ContainerStreams, signal: AbortSignal): Promise<number>; readonly refusal?: () => string | undefined }
  | { readonly kind: 'ports'; readonly ports: readonly number[]; forward(port: number, connection: ForwardedConnection, signal: AbortSignal): Promise<void>; readonly link?: ForwardingLink };

/** What all forwarded connections run over, where it is one and the same. */
export interface ForwardingLink {
  /** Resolves when it is gone. */
  readonly lost: Promise<void>;
  close(): void;
}

/** A connection through a forwarded port. */
export interface ForwardedConnection {
  readonly incoming: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): void;
}

/** What a web server in a pod answers. */
export interface Page {
  readonly code: number;
  readonly contentType: string;
  readonly body: string;
}

/** A request for a path of the kubelet's own server. */
export interface KubeletRequest {
  readonly method: string;
  /** From the first slash to the question mark. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
}

export interface NodeConnection {
  /** Sends log text as it comes; ends with the log, with the container (when following) or with the signal. Throws StatusError. */
  containerLogs(request: ContainerLogsRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void>;
  /** What exec and attach are refused with at once, where no such container runs. */
  refusal(request: ContainerTarget): string | undefined;
  /** Runs a command; resolves with its exit code when it has ended. Throws StatusError where it cannot be started. */
  exec(request: ExecRequest, streams: ContainerStreams, signal: AbortSignal): Promise<number>;
  /** Follows the container's own process and speaks to it; resolves with its exit code, or when the signal aborts. Throws StatusError. */
  attach(request: ContainerTarget, streams: ContainerStreams, signal: AbortSignal): Promise<number>;
  /** Serves one connection to a port of the pod until either side has closed. Throws an Error in the kubelet's words where nothing listens. */
  portForward(request: PortForwardRequest, connection: ForwardedConnection, signal: AbortSignal): Promise<void>;
  /** Fetches a page (a path with its query) from a port of the pod: 'refused' where nothing listens, 'malformed' where it is no web server that does. */
  page(request: PortForwardRequest & { readonly path: string }): Promise<Page | 'refused' | 'malformed'>;
  /** What the kubelet's own server answers; 'unreachable' where the machine is off. */
  serve(request: KubeletRequest): Promise<Page | 'unreachable'>;
}
