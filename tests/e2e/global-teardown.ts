import { rmSync } from 'node:fs';

export default function globalTeardown(): void {
  const folder = process.env.MOCK_KUBECTL_E2E;
  if (folder) rmSync(folder, { recursive: true, force: true });
}
