/** Creating and deleting pods on behalf of a controller, with the events that say so. Follows kubernetes pkg/controller/controller_utils.go: RealPodControl. */
import type { Pod, PodTemplateSpec } from '../../api/generated/types.ts';
import { PODS, type Resource } from '../../api/kinds.ts';
import { controllerRef, type KubeObject, type Stored } from '../../api/object.ts';
import { isNamespaceTerminating, isNotFound } from '../../api/status.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';

/** The longest name that a pod may have; a prefix that is longer with its dash is used without. */
const MAX_NAME = 253;

/** The pod that a template asks for, owned by a controller; the API server makes up the end of its name. */
export function podFromTemplate<Owner extends KubeObject>(template: PodTemplateSpec, owner: Stored<Owner>, ownerResource: Resource<Owner>): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  const prefix = `${owner.metadata.name}-`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(owner.metadata.namespace ? { namespace: owner.metadata.namespace } : {}),
      generateName: prefix.length > MAX_NAME ? owner.metadata.name : prefix,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
      ownerReferences: [controllerRef(owner, ownerResource)],
    },
    ...(template.spec ? { spec: template.spec } : {}),
  };
}

export class PodControl<Owner extends KubeObject> {
  constructor(
    private readonly client: Client,
    private readonly events: EventRecorder,
    private readonly ownerResource: Resource<Owner>,
  ) {}

  /** Creates a pod from a template and records SuccessfulCreate or FailedCreate on the owner. Throws the API server's error. */
  create(template: PodTemplateSpec, owner: Stored<Owner>, reason: string): Promise<Stored<Pod>> {
    return this.createPod(podFromTemplate(template, owner, this.ownerResource), owner, reason);
  }

  /** Creates a pod that is named or changed already (StatefulSet, indexed Job, DaemonSet). */
  async createPod(pod: Pod, owner: Stored<Owner>, reason: string): Promise<Stored<Pod>> {
    if (Object.keys(pod.metadata?.labels ?? {}).length === 0) throw new Error('unable to create pods, no labels');
    try {
      const created = await this.client.of(PODS).create(pod, { reason });
      this.events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
      return created;
    } catch (error) {
      if (!isNamespaceTerminating(error)) this.events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${(error as Error).message}`);
      throw error;
    }
  }

  /** Deletes a pod and records SuccessfulDelete or FailedDelete on the owner. Throws NotFound as it is, other errors with a prefix. */
  async delete(pod: Stored<Pod>, owner: Stored<Owner>, reason: string): Promise<void> {
    const { namespace, name } = pod.metadata;
    try {
      await this.client.of(PODS).delete(namespace, name, { reason });
    } catch (error) {
      if (isNotFound(error)) throw error;
      const { message } = error as Error;
      this.events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${message}`);
      throw new Error(`unable to delete pods: ${message}`, { cause: error });
    }
    this.events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }
}
