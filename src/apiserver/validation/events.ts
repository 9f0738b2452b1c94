/** Validation of what comes through events.k8s.io/v1, in the form in which events are stored. Follows kubernetes pkg/apis/core/validation/events.go, v1.33. */
import type { Event } from '../../api/generated/types.ts';
import { equal } from '../../api/json.ts';
import { validateEvent } from './core-kinds.ts';
import { invalid, Path, required, type FieldError } from './field.ts';
import { GoValue, goSyntax } from './go-value.ts';
import { checkImmutable } from './metadata.ts';

/** The faults that every event can have, under the newer version's name of the field. */
function commonFaults(event: Event): FieldError[] {
  return validateEvent(event).map((error) => (error.field === 'reportingComponent' ? { ...error, field: 'reportingController' } : error));
}

function checkSeries({ series }: Event, errors: FieldError[]): void {
  if (!series) return;
  if ((series.count ?? 0) < 2) errors.push(invalid('series.count', '', 'should be at least 2'));
  if (!series.lastObservedTime) errors.push(required('series.lastObservedTime'));
}

export function validateNewEvent(event: Event): FieldError[] {
  const errors = commonFaults(event);
  checkSeries(event, errors);
  if (!event.eventTime) errors.push(required('eventTime'));
  if (event.type !== 'Normal' && event.type !== 'Warning') errors.push(invalid('type', '', `has invalid value: ${event.type ?? ''}`));
  const { component = '', host = '' } = event.source ?? {};
  // Fields of the older version.
  for (const [field, isSet] of [['firstTimestamp', event.firstTimestamp], ['lastTimestamp', event.lastTimestamp], ['count', event.count], ['source', component + host]] as const) if (isSet) errors.push(invalid(field, '', 'needs to be unset'));
  return errors;
}

const FIXED = ['involvedObject', 'reason', 'message', 'source', 'firstTimestamp', 'lastTimestamp', 'count', 'reason', 'type', 'eventTime', 'action', 'related', 'reportingComponent', 'reportingInstance'] as const;

/** Only the series goes on. */
export function validateNewEventUpdate(event: Event, old: Event): FieldError[] {
  const errors = commonFaults(event);
  if (!equal(event.series, old.series)) checkSeries(event, errors);
  for (const field of FIXED) {
    const value = event[field];
    checkImmutable(value, old[field], Path.of(field === 'reportingComponent' ? 'reportingController' : field), errors, typeof value === 'object' ? new GoValue(goSyntax(value)) : (value ?? null));
  }
  return errors;
}
