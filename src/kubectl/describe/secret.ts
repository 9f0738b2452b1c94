/** Secrets: sizes, not contents, but for service account tokens (kubectl pkg/describe/describe.go: SecretDescriber). */
import { SECRETS } from '../../api/kinds.ts';
import { sortedKeys } from './format.ts';
import { writeIdentity } from './metadata.ts';
import type { Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const { metadata, type = '', data = {} } = await reader.get(SECRETS, namespace, name);
  return page((w) => {
    writeIdentity(w, metadata, true);
    w.write(0, `\nType:\t${type}\n`);
    w.write(0, '\nData\n====\n');
    for (const key of sortedKeys(data)) {
      const bytes = Buffer.from(data[key] ?? '', 'base64');
      w.field(key, key === 'token' && type === 'kubernetes.io/service-account-token' ? bytes.toString() : `${bytes.length} bytes`);
    }
  });
};
