/** Resource quotas and limit ranges as rows: their own descriptions and their namespace's show them alike. */
import type { LimitRange, LimitRangeItem, ResourceQuota } from '../../api/generated/types.ts';
import { quantityOf, sorted, sortedKeys } from './format.ts';
import type { DescriptionWriter } from './writer.ts';

const SCOPE_HELP: Readonly<Record<string, string>> = {
  Terminating: 'Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.',
  NotTerminating: 'Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.',
  BestEffort: 'Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.',
  NotBestEffort: 'Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.',
};

/** The scopes, each explained on a line of its own after `bullet`. */
export function writeScopes(w: DescriptionWriter, { spec }: ResourceQuota, level: number, bullet: string): void {
  const scopes = sorted(spec?.scopes ?? []);
  if (scopes.length === 0) return;
  w.field('Scopes', scopes.join(', '), level);
  for (const scope of scopes) if (SCOPE_HELP[scope] !== undefined) w.write(level, `${bullet}${SCOPE_HELP[scope]}\n`);
}

/** The quotas of a namespace. */
export function writeQuotas(w: DescriptionWriter, quotas: readonly ResourceQuota[]): void {
  if (quotas.length === 0) return w.write(0, 'No resource quota.\n');
  w.write(0, 'Resource Quotas\n');
  const byName = new Map(quotas.map((quota) => [quota.metadata?.name ?? '', quota]));
  for (const name of sorted(byName.keys())) {
    const quota = byName.get(name) as ResourceQuota;
    w.field('Name', name, 1);
    writeScopes(w, quota, 1, '* ');
    w.row(1, 'Resource', 'Used', 'Hard');
    w.row(1, '--------', '---', '---');
    const { hard, used } = quota.status ?? {};
    for (const resource of sortedKeys(hard)) w.row(1, resource, quantityOf(used, resource).toString(), quantityOf(hard, resource).toString());
  }
}

const LIMIT_HEADS = ['Type', 'Resource', 'Min', 'Max', 'Default Request', 'Default Limit', 'Max Limit/Request Ratio'];

export function writeLimitHeads(w: DescriptionWriter, indent: string): void {
  w.row(0, indent + LIMIT_HEADS[0], ...LIMIT_HEADS.slice(1));
  w.row(0, `${indent}----`, ...LIMIT_HEADS.slice(1).map((head) => '-'.repeat(head.length)));
}

export function writeLimits(w: DescriptionWriter, { spec }: LimitRange, indent: string): void {
  for (const item of spec?.limits ?? []) {
    const lists = [item.min, item.max, item.defaultRequest, item.default, item.maxLimitRequestRatio] satisfies readonly LimitRangeItem['min'][];
    for (const resource of sorted(new Set(lists.flatMap((list) => Object.keys(list ?? {}))))) {
      w.row(0, indent + item.type, resource, ...lists.map((list) => (list && Object.hasOwn(list, resource) ? quantityOf(list, resource).toString() : '-')));
    }
  }
}
