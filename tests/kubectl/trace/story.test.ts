import { stepOf, tellStory } from '../../../src/kubectl/trace/story.ts';
import { offsetText, PLAIN, storyText } from '../../../src/kubectl/trace/text.ts';
import type { JournalRecord, RequestRecord } from '../../../src/kubectl/trace/journal.ts';

const KINDS = new Map([['/pods', 'pod'], ['apps/deployments', 'deployment']]);
const request = (more: Partial<RequestRecord>): RequestRecord => ({
  type: 'request', timeMs: 1000, component: 'kubectl', user: 'kubernetes-admin', verb: 'create', group: '', version: 'v1', resource: 'pods', namespace: 'default', name: 'web', code: 201, resourceVersion: '7',
  stations: [{ station: 'authorization', outcome: 'group system:masters' }, { station: 'mutating admission: Priority', outcome: 'priority 0' }, { station: 'store', outcome: 'revision 7 as Pending' }], ...more,
});
const binding = request({
  timeMs: 1004, component: 'default-scheduler', user: 'system:kube-scheduler', subresource: 'binding', reason: 'node-2 of 2 feasible', resourceVersion: '8', stations: [],
  detail: { filtered: { 'node-1': 'Insufficient cpu' }, scores: { 'node-2': { NodeResourcesFit: 90, ImageLocality: 0, total: 90 } }, winner: 'node-2' },
});
const pull: JournalRecord = { type: 'step', timeMs: 1006, component: 'kubelet/node-2', object: { resource: 'pods', namespace: 'default', name: 'web' }, action: 'PullImage', reason: 'docker.io/library/nginx:latest' };

test('steps of one object stand together, in the order in which they began, whoever wrote them down first', () => {
  const [chapter, ...others] = tellStory([pull, binding, request({}), request({ verb: 'get' }), request({ dryRun: true })], KINDS);
  expect(others).toEqual([]);
  expect(chapter?.object).toBe('pod/web');
  expect(chapter?.steps.map(({ offsetMs, component, action, result }) => [offsetMs, component, action, result])).toEqual([
    [0, 'kubectl', 'create pods', 'resourceVersion 7'],
    [4, 'default-scheduler', 'bind', 'resourceVersion 8'],
    [6, 'kubelet/node-2', 'PullImage', ''],
  ]);
});

test("the scheduler's filters and scores are told node by node", () => {
  expect(stepOf(binding, 1000).lines).toEqual([
    { label: 'filter', text: 'node-1 is out: Insufficient cpu' },
    { label: 'score', text: 'node-2 90 = NodeResourcesFit 90' },
  ]);
});

test('a kubelet is known by the node that it acts for, and a failure by its code and text', () => {
  const refused = stepOf(request({ component: 'kubelet', user: 'system:node:node-3', verb: 'patch', subresource: 'status', code: 409, message: 'conflict', stations: [] }), 1000);
  expect(refused).toMatchObject({ component: 'kubelet/node-3', action: 'patch pods/status', result: '409 conflict', failed: true });
});

test('the page: title, steps, reasons and details', () => {
  const text = storyText(tellStory([request({}), binding], KINDS), { width: 0, palette: PLAIN, fullPerKind: 3 });
  expect(text).toBe(
    [
      'pod/web  (namespace default)',
      '     +0ms  kubectl            create pods  → resourceVersion 7',
      '             authorization                 group system:masters',
      '             mutating admission: Priority  priority 0',
      '             store                         etcd revision 7 as Pending',
      '     +4ms  default-scheduler  bind  → resourceVersion 8',
      '             node-2 of 2 feasible',
      '             filter  node-1 is out: Insufficient cpu',
      '             score   node-2 90 = NodeResourcesFit 90',
      '',
    ].join('\n'),
  );
});

test('of many objects of a kind only the first are told in full', () => {
  const many = Array.from({ length: 5 }, (_, index) => request({ name: `web-${index}`, timeMs: 1000 + index }));
  const text = storyText(tellStory(many, KINDS), { width: 0, palette: PLAIN, fullPerKind: 2 });
  expect(text).toContain('pod/web-1');
  expect(text).not.toContain('pod/web-2');
  expect(text).toContain('… and 3 more pods');
});

test('long lines are broken on a terminal', () => {
  const text = storyText(tellStory([request({ reason: 'word '.repeat(40).trim(), stations: [] })], KINDS), { width: 60, palette: PLAIN, fullPerKind: 3 });
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
});

test.each([[0, '+0ms'], [12, '+12ms'], [1204, '+1.204s'], [360_000, '+6m0s']])('an offset of %d ms is %s', (ms, text) => {
  expect(offsetText(ms)).toBe(text);
});
