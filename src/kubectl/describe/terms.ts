/** Terms of node affinities and topologies, one requirement to a line. */
import type { DescriptionWriter } from './writer.ts';

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export function writeTerm(w: DescriptionWriter, level: number, title: string, requirements: readonly Requirement[]): void {
  w.write(level, `${title}:\t`);
  if (requirements.length === 0) return w.line('<none>');
  requirements.forEach(({ key, operator, values }, index) => {
    if (index > 0) w.write(level, '\t');
    w.write(0, `${key} ${operator}${values.length > 0 ? ` [${values.join(', ')}]` : ''}\n`);
  });
}
