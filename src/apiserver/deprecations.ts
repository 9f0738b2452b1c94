/** What every answer about a kind warns of. */
import type { ResourceFacts } from '../api/resource.ts';

/** Kinds that are on their way out (core/v1/lifecycle.go). */
const DEPRECATED: Readonly<Record<string, string>> = {
  ComponentStatus: 'v1 ComponentStatus is deprecated in v1.19+',
  Endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

export function deprecationOf({ group, kind }: ResourceFacts): string[] {
  const text = group === '' ? DEPRECATED[kind] : undefined;
  return text === undefined ? [] : [text];
}
