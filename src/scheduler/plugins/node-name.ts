import type { Plugin } from '../framework/plugin.ts';
import { unresolvable } from '../framework/status.ts';

/** A pod that names its node fits there only. Follows plugins/nodename/node_name.go. */
export const nodeName = (): Plugin => ({
  name: 'NodeName',
  filter: (_state, { spec }, { name }) => (!spec.nodeName || spec.nodeName === name ? undefined : unresolvable("node(s) didn't match the requested node name")),
  isWorthRequeuing: (event, { spec }) => event.kind === 'NodeAdd' && spec.nodeName === event.node.metadata.name,
});
