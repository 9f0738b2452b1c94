/** What is counted and measured, as Prometheus reads it (text format 0.0.4). Names and labels are upstream's. */

type Labels = Readonly<Record<string, string>>;

/** A metric: its name, its kind and its current values. */
export interface Metric {
  text(): string | Promise<string>;
}

const labelsText = (labels: Labels): string => {
  const pairs = Object.keys(labels).sort().map((name) => `${name}="${(labels[name] ?? '').replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};
const head = (name: string, help: string, type: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

/** Only grows. */
export class Counter implements Metric {
  readonly #values = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly help: string,
  ) {}

  /** @param key the labels as text (`Counter.key`): made once by who counts often */
  add(key: string, by = 1): void {
    this.#values.set(key, (this.#values.get(key) ?? 0) + by);
  }

  static key(labels: Labels): string {
    return labelsText(labels);
  }

  text(): string {
    return head(this.name, this.help, 'counter') + [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([labels, value]) => `${this.name}${labels} ${value}\n`).join('');
  }
}

/** How many times a value was at most so large. */
export class Histogram implements Metric {
  readonly #series = new Map<string, { readonly labels: Labels; readonly counts: number[]; sum: number; count: number }>();

  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly buckets: readonly number[],
  ) {}

  observe(labels: Labels, value: number): void {
    const key = labelsText(labels);
    let series = this.#series.get(key);
    if (!series) this.#series.set(key, (series = { labels, counts: this.buckets.map(() => 0), sum: 0, count: 0 }));
    series.sum += value;
    series.count++;
    for (let i = this.buckets.length - 1; i >= 0 && value <= (this.buckets[i] ?? 0); i--) series.counts[i] = (series.counts[i] ?? 0) + 1;
  }

  text(): string {
    let text = head(this.name, this.help, 'histogram');
    for (const { labels, counts, sum, count } of this.#series.values()) {
      this.buckets.forEach((bucket, i) => (text += `${this.name}_bucket${labelsText({ ...labels, le: String(bucket) })} ${counts[i]}\n`));
      text += `${this.name}_bucket${labelsText({ ...labels, le: '+Inf' })} ${count}\n${this.name}_sum${labelsText(labels)} ${sum}\n${this.name}_count${labelsText(labels)} ${count}\n`;
    }
    return text;
  }
}

/** What is so right now; asked when somebody looks. */
export class Gauge implements Metric {
  constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly values: () => readonly (readonly [Labels, number])[] | Promise<readonly (readonly [Labels, number])[]>,
    private readonly type: 'gauge' | 'counter' = 'gauge',
  ) {}

  async text(): Promise<string> {
    return head(this.name, this.help, this.type) + (await this.values()).map(([labels, value]) => `${this.name}${labelsText(labels)} ${value}\n`).join('');
  }
}
