/** Validation of node.k8s.io. Follows kubernetes pkg/apis/node/validation/validation.go, v1.33. */
import type { RuntimeClass } from '../../api/generated/types.ts';
import { duplicate, invalid, Path, required, type FieldError } from './field.ts';
import { nameIsDnsLabel } from './formats.ts';
import { goTyped } from './go-typed.ts';
import { checkImmutable, checkLabels } from './metadata.ts';
import { checkResourceRequirements } from './resources.ts';
import { checkTolerations } from './scheduling.ts';

export function validateRuntimeClass({ handler, overhead, scheduling }: RuntimeClass): FieldError[] {
  const errors: FieldError[] = [];
  if (!handler) errors.push(required('handler'));
  else for (const text of nameIsDnsLabel(handler, false)) errors.push(invalid('handler', handler, text));
  if (overhead) checkResourceRequirements({ limits: overhead.podFixed ?? {} }, Path.of('overhead'), errors);
  const path = Path.of('scheduling');
  checkLabels(scheduling?.nodeSelector, path.child('nodeSelector'), errors);
  const tolerations = scheduling?.tolerations ?? [];
  checkTolerations(tolerations, path.child('tolerations'), errors);
  const seen = new Set<string>();
  tolerations.forEach((toleration, i) => {
    const { key = '', operator = '', value = '', effect = '' } = toleration;
    const id = JSON.stringify([key, operator, value, effect]);
    if (seen.has(id)) errors.push(duplicate(path.child('tolerations').index(i), goTyped('core.Toleration', toleration)));
    seen.add(id);
  });
  return errors;
}

export function validateRuntimeClassUpdate(runtimeClass: RuntimeClass, old: RuntimeClass): FieldError[] {
  const errors = validateRuntimeClass(runtimeClass);
  checkImmutable(runtimeClass.handler, old.handler, Path.of('handler'), errors);
  return errors;
}
