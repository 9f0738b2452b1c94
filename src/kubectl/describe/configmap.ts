/** Config maps (kubectl pkg/describe/describe.go: ConfigMapDescriber). Keys stand in order; upstream shows them in none. */
import { CONFIGMAPS } from '../../api/kinds.ts';
import { writeEvents } from './events.ts';
import { sortedKeys } from './format.ts';
import { writeIdentity } from './metadata.ts';
import { subjectOf, type Describe } from './reader.ts';
import { page } from './writer.ts';

export const describe: Describe = async (reader, namespace, name) => {
  const configMap = await reader.get(CONFIGMAPS, namespace, name);
  const { metadata, data = {}, binaryData = {} } = configMap;
  return page(async (w) => {
    writeIdentity(w, metadata, true);
    w.write(0, '\nData\n====\n');
    for (const key of sortedKeys(data)) w.write(0, `${key}:\n----\n${data[key]}\n\n`);
    w.write(0, '\nBinaryData\n====\n');
    for (const key of sortedKeys(binaryData)) w.write(0, `${key}: ${Buffer.from(binaryData[key] ?? '', 'base64').length} bytes\n`);
    w.write(0, '\n');
    if (reader.showEvents) await writeEvents(w, await reader.searchEvents(subjectOf(configMap, CONFIGMAPS)), reader);
  });
};
