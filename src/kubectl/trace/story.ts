/** From recorded facts to a story: who did what to which object, when, and why. */
import type { JsonObject, JsonValue } from '../../api/json.ts';
import { isObject } from '../../api/json.ts';
import type { JournalRecord, RequestRecord } from './journal.ts';

/** One thing that somebody did. */
export interface StoryStep {
  /** Since the story's first step, ms of the cluster's time. */
  readonly offsetMs: number;
  readonly timeMs: number;
  /** "kubectl", "deployment-controller", "kubelet/node-2". */
  readonly component: string;
  /** "create deployments", "PullImage". */
  readonly action: string;
  /** What came of it: "resourceVersion 51", or an error. */
  readonly result: string;
  readonly failed: boolean;
  /** What was decided and why. */
  readonly why: string;
  /** More lines: the stations that the request passed, the scheduler's filters and scores. */
  readonly lines: readonly StoryLine[];
  readonly detail?: JsonObject;
}

export interface StoryLine {
  readonly label: string;
  readonly text: string;
}

/** The steps that belong to one object, in their order. */
export interface Chapter {
  /** "deployment.apps/web" */
  readonly object: string;
  readonly resource: string;
  readonly namespace: string;
  readonly steps: StoryStep[];
}

const READS = new Set(['get', 'list', 'watch']);

/** Whether a record tells of something that happened. */
export const isTold = (record: JournalRecord): boolean => record.type === 'step' || (!READS.has(record.verb) && record.dryRun !== true);

/** The component with the place where it runs: kubelets are known by their user. */
function componentOf(record: JournalRecord): string {
  if (record.type === 'step') return record.component;
  const node = /^system:node:(.+)$/.exec(record.user)?.[1];
  return node ? `${record.component}/${node}` : record.component;
}

/** The object that a record is about. */
export function objectName(record: JournalRecord, kinds: ReadonlyMap<string, string>): { object: string; resource: string; namespace: string } {
  const identity = record.type === 'step' ? record.object : record;
  const { group = '', resource, namespace = '', name = '' } = identity;
  const kind = kinds.get(`${group}/${resource}`) ?? resource;
  return { object: `${kind}${group === '' ? '' : `.${group}`}/${name}`, resource, namespace };
}

function actionOf(record: RequestRecord): string {
  if (record.resource === 'pods' && record.subresource === 'binding') return 'bind';
  return `${record.verb} ${record.resource}${record.subresource ? `/${record.subresource}` : ''}`;
}

function resultOf(record: RequestRecord): string {
  if (record.code >= 400) return `${record.code} ${record.message ?? ''}`.trim();
  return record.resourceVersion === undefined || record.verb === 'delete' ? String(record.code) : `resourceVersion ${record.resourceVersion}`;
}

/** Stations are shown in full for creations and for what users do; everywhere else only those that changed something. */
function stationLines(record: RequestRecord): StoryLine[] {
  const full = record.verb === 'create' && record.subresource === undefined;
  return record.stations
    .filter(({ station }) => full || station.includes('admission') || station === 'allocation' || (station === 'store' && record.resource === 'pods'))
    .map(({ station, outcome }) => ({ label: station, text: station === 'store' ? `etcd ${outcome}` : outcome }));
}

const entries = (value: JsonValue | undefined): [string, JsonValue | undefined][] => (isObject(value) ? Object.entries(value) : []);

/** The scheduler's filters, scores and winner. */
function decisionLines(detail: JsonObject | undefined): StoryLine[] {
  if (!detail || !('filtered' in detail)) return [];
  const lines: StoryLine[] = [];
  const filtered = entries(detail.filtered);
  const scores = entries(detail.scores);
  if (filtered.length > 0) for (const [node, reason] of filtered) lines.push({ label: 'filter', text: `${node} is out: ${String(reason)}` });
  else if (scores.length > 0) lines.push({ label: 'filter', text: `all of ${scores.length} nodes can run it` });
  for (const [node, score] of scores) {
    const { total, ...plugins } = isObject(score) ? score : {};
    const parts = entries(plugins).filter(([, points]) => points !== 0).map(([plugin, points]) => `${plugin} ${String(points)}`);
    lines.push({ label: 'score', text: `${node} ${String(total ?? 0)}${parts.length > 0 ? ` = ${parts.join(' + ')}` : ''}` });
  }
  return lines;
}

/** One record as a step. */
export function stepOf(record: JournalRecord, startMs: number): StoryStep {
  const base = { offsetMs: record.timeMs - startMs, timeMs: record.timeMs, component: componentOf(record), ...(record.detail ? { detail: record.detail } : {}) };
  if (record.type === 'step') return { ...base, action: record.action, result: '', failed: false, why: record.reason, lines: decisionLines(record.detail) };
  return { ...base, action: actionOf(record), result: resultOf(record), failed: record.code >= 400, why: record.reason ?? '', lines: [...decisionLines(record.detail), ...stationLines(record)] };
}

/**
 * The chapters in the order in which their objects came up.
 * @param kinds singular names by "group/plural"
 */
export function tellStory(records: readonly JournalRecord[], kinds: ReadonlyMap<string, string>): Chapter[] {
  const told = records.map((record, index) => ({ record, index })).filter(({ record }) => isTold(record));
  // Steps and requests are written down when they end; what they tell is when they began.
  told.sort((a, b) => a.record.timeMs - b.record.timeMs || a.index - b.index);
  const startMs = told[0]?.record.timeMs ?? 0;
  const chapters = new Map<string, Chapter>();
  for (const { record } of told) {
    const name = objectName(record, kinds);
    const id = `${name.namespace}/${name.object}`;
    let chapter = chapters.get(id);
    if (!chapter) chapters.set(id, (chapter = { ...name, steps: [] }));
    chapter.steps.push(stepOf(record, startMs));
  }
  return [...chapters.values()];
}
