/** The versions of a kind in which managers may have written. Follows apimachinery pkg/util/managedfields/internal/versionconverter.go. */
import type { FieldType } from './schema.ts';

export type PlainObject = Readonly<Record<string, unknown>>;

export interface VersionedSchema {
  /** The type of the kind's objects in a version; undefined where there is no such version (any more). */
  typeAt(apiVersion: string): FieldType | undefined;
  /** The object, of any of the versions, in this one; undefined where there is no such version. */
  convert(object: PlainObject, apiVersion: string): PlainObject | undefined;
}
