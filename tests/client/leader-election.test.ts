/** Leader election over the fake API server, in a time that stands still until a test moves it. */
import { LEASES } from '../../src/api/kinds.ts';
import type { Lease } from '../../src/api/generated/types.ts';
import { StatusError } from '../../src/api/status.ts';
import { Client } from '../../src/client/client.ts';
import { LeaderElector } from '../../src/client/leader-election.ts';
import type { ApiRequest, ApiResponse } from '../../src/api/request.ts';
import { testContext, type TestContext } from '../support/test-context.ts';
import { seededRandom } from '../../src/simulation/random.ts';

const START = '2025-01-01T00:00:00.000000Z';
let test: TestContext;
const stops: (() => Promise<void>)[] = [];
beforeEach(() => {
  test = testContext();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** What becomes of its requests: they fail, or nobody answers for half a minute. */
type Away = false | 'fails' | 'hangs';

/** A candidate, and whether it leads; `away` cuts it off from the API server. */
interface Candidate {
  readonly terms: string[];
  leading: boolean;
  away: Away;
  stop(): Promise<void>;
}

function elector(identity: string, away: () => Away = () => false): LeaderElector {
  const { api, clock, context } = test;
  const cut = {
    ...api,
    request: async (request: ApiRequest): Promise<ApiResponse> => {
      const how = away();
      if (how === 'hangs') await clock.sleep(30_000);
      if (how) throw new StatusError(500, '', 'etcdserver: request timed out');
      return api.request(request);
    },
  } as unknown as typeof api;
  const client = new Client(cut, { userAgent: 'kube-scheduler', user: { username: 'system:kube-scheduler', groups: [] } });
  return new LeaderElector({ client, clock, random: seededRandom(identity), log: context.log, events: context.events, lease: 'kube-scheduler', identity });
}

async function candidate(identity: string): Promise<Candidate> {
  const stopping = new AbortController();
  const it: Candidate = { terms: [], leading: false, away: false, stop: () => Promise.resolve() };
  const lead = async (signal: AbortSignal): Promise<void> => {
    it.terms.push(new Date(test.clock.now()).toISOString().slice(11, 19));
    it.leading = true;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    it.leading = false;
  };
  const running = elector(identity, () => it.away).run(lead, stopping.signal);
  it.stop = async () => {
    stopping.abort();
    await running;
  };
  stops.push(it.stop);
  await test.settle();
  return it;
}

const lease = async (): Promise<Lease> => new Client(test.api, { userAgent: 'test' }).of(LEASES).get('kube-system', 'kube-scheduler');
const spec = async () => (await lease()).spec;

it('the first takes the lead, and says so as upstream', async () => {
  const a = await candidate('a_1');
  expect(a.leading).toBe(true);
  expect(await spec()).toEqual({ holderIdentity: 'a_1', leaseDurationSeconds: 15, acquireTime: START, renewTime: START, leaseTransitions: 0 });
  await test.clock.advance(7000);
  expect(await spec()).toEqual({ holderIdentity: 'a_1', leaseDurationSeconds: 15, acquireTime: START, renewTime: '2025-01-01T00:00:06.000000Z', leaseTransitions: 0 });
  const events = test.api.requests.filter(({ resource, verb }) => resource === 'events' && verb === 'create').map(({ body }) => body as { reason: string; message: string; type: string; involvedObject: object });
  expect(events).toMatchObject([{ type: 'Normal', reason: 'LeaderElection', message: 'a_1 became leader', involvedObject: { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', name: 'kube-scheduler', namespace: 'kube-system' } }]);
});

it.each(['fails', 'hangs'] as const)('the second waits, and takes over 15 seconds after the last sign of life (the API server %s)', async (how) => {
  const a = await candidate('a_1');
  const b = await candidate('b_2');
  await test.clock.advance(60_000);
  expect([a.leading, b.leading]).toEqual([true, false]);
  a.away = how;
  await test.clock.advance(9000);
  expect([a.leading, b.leading]).toEqual([true, false]);
  // It stops before the other may begin.
  await test.clock.advance(2000);
  expect([a.leading, b.leading]).toEqual([false, false]);
  await test.clock.advance(9000);
  expect([a.leading, b.leading]).toEqual([false, true]);
  expect(await spec()).toMatchObject({ holderIdentity: 'b_2', leaseTransitions: 1 });
  a.away = false;
  await test.clock.advance(60_000);
  expect([a.leading, b.leading]).toEqual([false, true]);
});

it('who stops gives the lead away', async () => {
  const a = await candidate('a_1');
  const b = await candidate('b_2');
  await test.clock.advance(20_000);
  await a.stop();
  expect(await spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1, leaseTransitions: 0 });
  await test.clock.advance(5000);
  expect(b.leading).toBe(true);
  expect(await spec()).toMatchObject({ holderIdentity: 'b_2', leaseTransitions: 1 });
});

it('the lead that was lost is sought again', async () => {
  const a = await candidate('a_1');
  a.away = 'fails';
  await test.clock.advance(11_000);
  expect(a.leading).toBe(false);
  a.away = false;
  await test.clock.advance(5000);
  expect(a.leading).toBe(true);
  expect(a.terms).toHaveLength(2);
});

it('never two at once, whoever is cut off when', async () => {
  const candidates = [await candidate('a_1'), await candidate('b_2'), await candidate('c_3')];
  const random = seededRandom('cut off');
  let changes = 0;
  let leader = 0;
  for (let second = 0; second < 1200; second++) {
    if (random.int(12) === 0) for (const each of candidates) each.away = ([false, false, false, 'fails', 'hangs'] as const)[random.int(5)] ?? false;
    await test.clock.advance(1000);
    const leading = candidates.filter((each) => each.leading);
    expect(leading.length).toBeLessThanOrEqual(1);
    if (leading[0] && candidates.indexOf(leading[0]) !== leader) {
      leader = candidates.indexOf(leading[0]);
      changes++;
    }
  }
  expect(changes).toBeGreaterThan(5);
});

it('who knows that nobody else is there takes the lead at once', async () => {
  await elector('old_1').take();
  await elector('new_2').take();
  expect(await spec()).toMatchObject({ holderIdentity: 'new_2', leaseTransitions: 1 });
});
