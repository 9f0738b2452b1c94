/** The ready endpoints of a service's port on one line, at most three of them (kubectl pkg/describe/describe.go: formatEndpointSlices). */
import type { EndpointSlice } from '../../api/generated/types.ts';
import { joinHostPort } from './probe.ts';

const SHOWN = 3;

export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const shown: string[] = [];
  let count = 0;
  let more = false;
  for (const slice of slices) {
    // Lists that nobody has set are null on the wire.
    const ports = slice.ports ?? [];
    const endpoints = slice.endpoints ?? [];
    const wanted = ports.filter(({ name }) => (name ?? '') === portName).map(({ port }) => port ?? 0);
    // A headless service may have no ports at all.
    for (const port of ports.length === 0 ? [undefined] : wanted) {
      for (const { addresses, conditions } of endpoints) {
        if (shown.length === SHOWN) more = true;
        if (conditions?.ready === false) continue;
        const address = addresses[0] ?? '';
        if (!more) shown.push(port === undefined ? address : joinHostPort(address, String(port)));
        count++;
      }
    }
  }
  return more ? `${shown.join(',')} + ${count - SHOWN} more...` : shown.join(',');
}
