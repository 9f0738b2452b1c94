/** All families of random command lines, by the names that --only takes. */
import type fc from 'fast-check';
import type { Line } from './arbitraries.ts';
import { changed } from './changed.ts';
import { created } from './created.ts';
import { described } from './described.ts';
import { documents } from './documents.ts';
import { exposed } from './exposed.ts';
import { configs } from './kubeconfigs.ts';
import { kustomizations } from './kustomizations.ts';
import { customColumns, goTemplates, jsonPaths, orders } from './printers.ts';

export const FAMILIES: Readonly<Record<string, fc.Arbitrary<Line>>> = {
  created, changed, exposed, yaml: documents, config: configs, kustomize: kustomizations, describe: described,
  jsonpath: jsonPaths, 'go-template': goTemplates, 'custom-columns': customColumns, 'sort-by': orders,
};
