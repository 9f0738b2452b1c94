import { EVENTS } from '../../src/api/kinds.ts';
import { CorrelatingRecorder } from '../../src/client/event-recorder.ts';
import { testContext } from '../support/fake-api.ts';

const SUBJECT = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'default', name: 'web', uid: 'u1', resourceVersion: '7' } };

function recorder() {
  const test = testContext();
  const { client, clock, log } = test.context;
  const events = new CorrelatingRecorder({ client, clock, log, component: 'default-scheduler', style: 'events', instance: 'default-scheduler-node-1' });
  const record = async (message: string, subject = SUBJECT) => {
    events.event(subject, 'Warning', 'FailedScheduling', message, undefined, { action: 'Scheduling' });
    await test.settle();
  };
  return { test, record, stored: () => test.api.list(EVENTS) };
}

it('makes one event of all turns of the same thing, whatever their message', async () => {
  const { record, stored, test } = recorder();
  await record('first');
  expect(stored()).toMatchObject([{ message: 'first', action: 'Scheduling', reportingComponent: 'default-scheduler', reportingInstance: 'default-scheduler-node-1', eventTime: '2025-01-01T00:00:00.000000Z' }]);
  expect(stored()[0]?.series).toBeUndefined();
  await test.clock.advance(60_000);
  await record('second');
  expect(stored()).toMatchObject([{ message: 'first', series: { count: 2, lastObservedTime: '2025-01-01T00:01:00.000000Z' } }]);
});

it('writes the begin of a series, and its end when it has been quiet for six minutes', async () => {
  const { record, stored, test } = recorder();
  for (let i = 0; i < 5; i++) {
    await record('again');
    await test.clock.advance(60_000);
  }
  expect(stored()[0]?.series?.count).toBe(2);
  expect(test.api.writes('events')).toHaveLength(2);
  await test.clock.advance(6 * 60_000);
  expect(stored()[0]?.series).toEqual({ count: 5, lastObservedTime: '2025-01-01T00:04:00.000000Z' });
});

it('begins anew for a changed object, and after a long silence', async () => {
  const { record, stored, test } = recorder();
  await record('one');
  await record('one', { ...SUBJECT, metadata: { ...SUBJECT.metadata, resourceVersion: '8' } });
  expect(stored()).toHaveLength(2);
  await test.clock.advance(10 * 60_000);
  await record('one');
  expect(stored()).toHaveLength(3);
});
