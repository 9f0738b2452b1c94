/** Validation of probes and lifecycle hooks. Follows kubernetes pkg/apis/core/validation/validation.go (validateProbe, validateHandler). */
import type { Container, HTTPGetAction, LifecycleHandler, Probe } from '../../api/generated/types.ts';
import { forbidden, invalid, notSupported, required, type FieldError, type Path } from './field.ts';
import { checkNonnegative, checkPort, httpHeaderNameErrors } from './formats.ts';

const SCHEMES = ['HTTP', 'HTTPS'];
const HANDLERS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function checkHttpGet(action: HTTPGetAction, path: Path, errors: FieldError[]): void {
  if (!action.path) errors.push(required(path.child('path')));
  checkPort(action.port, path.child('port'), errors);
  if (!SCHEMES.includes(action.scheme ?? '')) errors.push(notSupported(path.child('scheme'), action.scheme ?? '', SCHEMES));
  for (const header of action.httpHeaders ?? []) for (const text of httpHeaderNameErrors(header.name ?? '')) errors.push(invalid(path.child('httpHeaders'), header.name ?? '', text));
}

/** Exactly one of the ways to act or ask. `gracePeriod` bounds a hook's sleep. */
function checkHandler(handler: Probe & LifecycleHandler, gracePeriod: number | undefined, path: Path, errors: FieldError[]): void {
  let count = 0;
  for (const name of HANDLERS) {
    if (handler[name] === undefined) continue;
    const at = path.child(name);
    if (count > 0) {
      errors.push(forbidden(at, 'may not specify more than 1 handler type'));
      continue;
    }
    count++;
    if (handler.exec && name === 'exec') {
      if (!handler.exec.command?.length) errors.push(required(at.child('command')));
    } else if (handler.httpGet && name === 'httpGet') checkHttpGet(handler.httpGet, at, errors);
    else if (handler.tcpSocket && name === 'tcpSocket') checkPort(handler.tcpSocket.port, at.child('port'), errors);
    else if (handler.grpc && name === 'grpc') checkPort(handler.grpc.port, at.child('port'), errors);
    else if (handler.sleep && gracePeriod !== undefined) {
      const seconds = handler.sleep.seconds ?? 0;
      if (seconds < 0 || seconds > gracePeriod) errors.push(invalid(at, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`));
    }
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
}

type ProbeName = 'livenessProbe' | 'readinessProbe' | 'startupProbe';

function checkProbe(probe: Probe | undefined, name: ProbeName, gracePeriod: number | undefined, path: Path, errors: FieldError[]): void {
  if (!probe) return;
  const at = path.child(name);
  checkHandler(probe, gracePeriod, at, errors);
  checkNonnegative(probe.initialDelaySeconds, at.child('initialDelaySeconds'), errors);
  checkNonnegative(probe.timeoutSeconds, at.child('timeoutSeconds'), errors);
  checkNonnegative(probe.periodSeconds, at.child('periodSeconds'), errors);
  checkNonnegative(probe.successThreshold, at.child('successThreshold'), errors);
  checkNonnegative(probe.failureThreshold, at.child('failureThreshold'), errors);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) errors.push(invalid(at.child('terminationGracePeriodSeconds'), grace, 'must be greater than 0'));
  if (name === 'readinessProbe') {
    if (grace !== undefined) errors.push(invalid(at.child('terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes'));
  } else if (probe.successThreshold !== 1) errors.push(invalid(at.child('successThreshold'), probe.successThreshold ?? 0, 'must be 1'));
}

/** Lifecycle and probes of a container that may have them. */
export function checkHandlers(container: Container, gracePeriod: number | undefined, path: Path, errors: FieldError[]): void {
  if (container.lifecycle?.postStart) checkHandler(container.lifecycle.postStart, gracePeriod, path.child('lifecycle', 'postStart'), errors);
  if (container.lifecycle?.preStop) checkHandler(container.lifecycle.preStop, gracePeriod, path.child('lifecycle', 'preStop'), errors);
  checkProbe(container.livenessProbe, 'livenessProbe', gracePeriod, path, errors);
  checkProbe(container.readinessProbe, 'readinessProbe', gracePeriod, path, errors);
  checkProbe(container.startupProbe, 'startupProbe', gracePeriod, path, errors);
}
