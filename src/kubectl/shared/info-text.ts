/** Objects as kubectl's errors name them (cli-runtime resource/visitor.go: Info.String, ObjectName). */
import { goQuote } from '../../api/quote.ts';
import type { Info } from '../builder/info.ts';

/** Two lines: resource and kind, name and namespace. */
export function infoText({ resource, name, namespace }: Info): string {
  const { group, version, plural, kind } = resource;
  return `Resource: ${goQuote(`${group}/${version}, Resource=${plural}`)}, GroupVersionKind: ${goQuote(`${group}/${version}, Kind=${kind}`)}\nName: ${goQuote(name)}, Namespace: ${goQuote(namespace)}`;
}

/** "deployments/web", without the group. */
export const infoName = ({ resource, name }: Info): string => `${resource.plural}/${name}`;
