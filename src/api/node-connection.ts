/** How the API server reaches a node's kubelet, for what only the node knows (container logs). The kubelet implements it. */

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

export interface NodeConnection {
  /** Sends log text as it comes; ends with the log, with the container (when following) or with the signal. Throws StatusError. */
  containerLogs(request: ContainerLogsRequest, onText: (text: string) => void, signal?: AbortSignal): Promise<void>;
}
