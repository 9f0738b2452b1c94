/** Files of one volume that stand in each other's way. Follows kubernetes pkg/api/pod/warnings.go (warningsForOverlappingVirtualPaths). */
import type { Volume, VolumeProjection } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';

interface FilePath {
  readonly path: string;
  readonly source: string;
}

const show = ({ path, source }: FilePath): string => (source ? `${goQuote(path)} (${source})` : goQuote(path));

const paths = (items: readonly { readonly path: string }[] | undefined, source = ''): FilePath[] => (items ?? []).map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }));

function overlaps(files: readonly FilePath[]): string[] {
  const seen: FilePath[] = [];
  const found: string[] = [];
  for (const file of files) {
    if (file.path) for (const other of seen) if (other.path && (`${other.path}/`.startsWith(`${file.path}/`) || `${file.path}/`.startsWith(`${other.path}/`))) found.push(`${show(file)} with ${show(other)}`);
    seen.push(file);
  }
  return found;
}

function projectedPaths({ configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle }: VolumeProjection): FilePath[] {
  if (configMap?.items) return paths(configMap.items, `ConfigMap ${goQuote(configMap.name ?? '')}`);
  if (secret?.items) return paths(secret.items, `Secret ${goQuote(secret.name ?? '')}`);
  if (downwardAPI?.items) return paths(downwardAPI.items, 'DownwardAPI');
  if (serviceAccountToken) return paths([serviceAccountToken], 'ServiceAccountToken');
  return clusterTrustBundle ? paths([clusterTrustBundle], `ClusterTrustBundle ${goQuote(clusterTrustBundle.name ?? clusterTrustBundle.signerName ?? '')}`) : [];
}

export function pathWarnings(volumes: readonly Volume[], warnings: string[]): void {
  for (const { name, configMap, secret, downwardAPI, projected } of volumes) {
    const warn = (files: readonly FilePath[], what: string): void => {
      for (const text of overlaps(files)) warnings.push(`volume ${goQuote(name)} (${what}): overlapping paths: ${text}`);
    };
    if (configMap) warn(paths(configMap.items), `ConfigMap ${goQuote(configMap.name ?? '')}`);
    if (secret) warn(paths(secret.items), `Secret ${goQuote(secret.secretName ?? '')}`);
    if (downwardAPI) warn(paths(downwardAPI.items), 'DownwardAPI');
    if (!projected) continue;
    const sources = projected.sources ?? [];
    for (const source of sources) if (Object.keys(source).length === 0) warnings.push(`volume ${goQuote(name)} (Projected) has no sources provided`);
    warn(sources.flatMap(projectedPaths), 'Projected');
  }
}
