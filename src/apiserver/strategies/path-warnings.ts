/** Files of one volume that stand in each other's way. Follows kubernetes pkg/api/pod/warnings.go (warningsForOverlappingVirtualPaths). */
import type { Volume, VolumeProjection } from '../../api/generated/types.ts';
import { goQuote } from '../../api/quote.ts';

interface FilePath {
  readonly path: string;
  readonly source: string;
}

const show = ({ path, source }: FilePath): string => (source ? `${goQuote(path)} (${source})` : goQuote(path));

const paths = (items: readonly { readonly path: string }[] | undefined, source = ''): FilePath[] => (items ?? []).map(({ path }) => ({ path: path.replace(/\/+$/, ''), source }));

/** What a file stands in the way of. */
const overlaps = (file: FilePath, seen: readonly FilePath[]): string[] =>
  file.path === '' ? [] : seen.filter((other) => other.path !== '' && (`${other.path}/`.startsWith(`${file.path}/`) || `${file.path}/`.startsWith(`${other.path}/`))).map((other) => `${show(file)} with ${show(other)}`);

/** undefined for a source whose files are not known. */
function projectedPaths({ configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle }: VolumeProjection): FilePath[] | undefined {
  if (configMap?.items) return paths(configMap.items, `ConfigMap ${goQuote(configMap.name ?? '')}`);
  if (secret?.items) return paths(secret.items, `Secret ${goQuote(secret.name ?? '')}`);
  if (downwardAPI?.items) return paths(downwardAPI.items, 'DownwardAPI');
  if (serviceAccountToken) return paths([serviceAccountToken], 'ServiceAccountToken');
  return clusterTrustBundle && paths([clusterTrustBundle], `ClusterTrustBundle ${goQuote(clusterTrustBundle.name ?? clusterTrustBundle.signerName ?? '')}`);
}

export function pathWarnings(volumes: readonly Volume[], warnings: string[]): void {
  for (const { name, configMap, secret, downwardAPI, projected } of volumes) {
    const seen: FilePath[] = [];
    const warn = (files: readonly FilePath[], what: string): void => {
      for (const file of files) {
        for (const text of overlaps(file, seen)) warnings.push(`volume ${goQuote(name)} (${what}): overlapping paths: ${text}`);
        seen.push(file);
      }
    };
    if (configMap) warn(paths(configMap.items), `ConfigMap ${goQuote(configMap.name ?? '')}`);
    if (secret) warn(paths(secret.items), `Secret ${goQuote(secret.secretName ?? '')}`);
    if (downwardAPI) warn(paths(downwardAPI.items), 'DownwardAPI');
    // Upstream looks at the files of the source before once more where a source does not tell its own.
    let files: readonly FilePath[] = [];
    for (const source of projected?.sources ?? []) {
      if (Object.keys(source).length === 0) {
        warnings.push(`volume ${goQuote(name)} (Projected) has no sources provided`);
        continue;
      }
      files = projectedPaths(source) ?? files;
      warn(files, 'Projected');
    }
  }
}
