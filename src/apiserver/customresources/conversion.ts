/** From one version of a custom resource to another. Follows apiextensions-apiserver pkg/apiserver/conversion/{converter,nop_converter}.go. */
import type { Fields } from './schema/schema.ts';

export interface Converter {
  /** Objects of other versions in the wanted one; all at once where somebody has to be asked. */
  convert(objects: readonly Fields[], apiVersion: string): readonly Fields[] | Promise<readonly Fields[]>;
}

/** Strategy None: only the version's name changes. */
export const noneConverter: Converter = {
  convert: (objects, apiVersion) => objects.map((object) => ({ ...object, apiVersion })),
};
