/** The version of Kubernetes that this program speaks as. */

export const VERSION = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.1',
  gitCommit: '8adc0f041b8e7ad1d30e29cc59c6ae7a15e19828',
  gitTreeState: 'clean',
  buildDate: '2025-05-15T08:27:33Z',
  goVersion: 'go1.24.2',
  compiler: 'gc',
  platform: `${process.platform === 'win32' ? 'windows' : process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
} as const;

export const KUSTOMIZE_VERSION = 'v5.6.0';

export const USER_AGENT = `kubectl/${VERSION.gitVersion} (${VERSION.platform}) kubernetes/${VERSION.gitCommit.slice(0, 7)}`;
