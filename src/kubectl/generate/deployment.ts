/** `create deployment` (kubectl pkg/cmd/create/create_deployment.go: createDeployment). */
import { newMeta, optional, type Generated } from './object.ts';

export interface DeploymentRequest {
  readonly name: string;
  readonly namespace: string;
  readonly images: readonly string[];
  /** Negative for none. */
  readonly port: number;
  readonly replicas: number;
  readonly command: readonly string[];
  /** Five letters for names that had to be changed. */
  readonly randomSuffix: () => string;
}

export function newDeployment({ name, namespace, images, port, replicas, command, randomSuffix }: DeploymentRequest): Generated {
  const labels = { app: name };
  const containers = images.map((image, index) => ({
    name: containerName(image, randomSuffix),
    image,
    ...optional('command', command),
    ...(index === 0 && port >= 0 ? { ports: [{ containerPort: port }] } : {}),
    resources: {},
  }));
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: newMeta(name, namespace, { labels }),
    spec: {
      replicas,
      selector: { matchLabels: { ...labels } },
      template: { metadata: { creationTimestamp: null, labels: { ...labels } }, spec: { containers } },
      strategy: {},
    },
    status: {},
  };
}

/** The last part of the image's name, without tag and digest; a name with "." or "_" is changed and made unique. */
function containerName(image: string, randomSuffix: () => string): string {
  const last = image.slice(image.lastIndexOf('/') + 1);
  const name = (last.split(':')[0] as string).split('@')[0] as string;
  return /[_.]/.test(name) ? `${name.replace(/[_.]/g, '-')}-${randomSuffix()}` : name;
}
