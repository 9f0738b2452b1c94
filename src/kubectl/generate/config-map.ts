/** `create configmap` (kubectl pkg/cmd/create/create_configmap.go: createConfigMap). */
import { goQuote } from '../../api/quote.ts';
import { CommandError } from '../errors.ts';
import { addEnvFiles, addFiles, addLiterals, configKeyErrors, type AddPair, type DataSources } from './data-sources.ts';
import { nameHash } from './name-hash.ts';
import { newMeta, type Generated, type StringMap } from './object.ts';

export interface ConfigMapRequest extends DataSources {
  readonly name: string;
  readonly namespace: string;
  readonly appendHash: boolean;
}

/** Files that are no UTF-8 go to binaryData. */
export function newConfigMap(request: ConfigMapRequest): Generated {
  const data: StringMap = {};
  const binaryData: StringMap = {};
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const add: AddPair = (key, value) => {
    const errors = configKeyErrors(key);
    if (errors.length > 0) throw new CommandError(`${goQuote(key)} is not a valid key name for a ConfigMap: ${errors.join(',')}`);
    for (const [field, known] of [['Data', data], ['BinaryData', binaryData]] as const) {
      if (Object.hasOwn(known, key)) throw new CommandError(`cannot add key ${goQuote(key)}, another key by that name already exists in ${field} for ConfigMap ${goQuote(request.name)}`);
    }
    try {
      data[key] = decoder.decode(value);
    } catch {
      binaryData[key] = value.toString('base64');
    }
  };
  addFiles(request.files, add);
  addLiterals(request.literals, add);
  addEnvFiles(request.envFiles, 'config', request.env, add);
  const given = (map: StringMap): boolean => Object.keys(map).length > 0;
  const binary = given(binaryData) ? { binaryData } : {};
  const name = request.appendHash ? `${request.name}-${nameHash({ kind: 'ConfigMap', name: request.name, data, ...binary })}` : request.name;
  return { kind: 'ConfigMap', apiVersion: 'v1', metadata: newMeta(name, request.namespace), ...(given(data) ? { data } : {}), ...binary };
}
