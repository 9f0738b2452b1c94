/** The daemon's log: one line an entry, "2025-01-02T03:04:05.678Z INFO scheduler: text key=value". */
import type { JsonObject } from '../api/json.ts';
import type { Now } from '../simulation/clock.ts';
import type { Log } from '../simulation/log.ts';

/** A log that writes lines; `clock` gives the cluster's time. */
export function lineLog(write: (line: string) => void, clock: Now, component = 'daemon'): Log {
  const line = (level: string, message: string, fields?: JsonObject) => {
    const rest = Object.entries(fields ?? {}).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`).join('');
    write(`${new Date(clock.now()).toISOString()} ${level} ${component}: ${message}${rest}\n`);
  };
  return {
    info: (message, fields) => line('INFO', message, fields),
    error: (message, fields) => line('ERROR', message, fields),
    named: (name) => lineLog(write, clock, name),
  };
}
