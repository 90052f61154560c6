/** One metric of a scrape, with all its series. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly series: readonly Series[];
}
export interface Series {
  /** Of a histogram: with `_bucket`, `_sum` or `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads Prometheus' text format, as far as its `# TYPE` lines go. */
export function parseScrape(text: string): Map<string, Family> {
  const families = new Map<string, Family & { series: Series[] }>();
  let current: (Family & { series: Series[] }) | null = null;
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) families.set(name, (current = { name, type, series: [] }));
    if (line === '' || line.startsWith('#')) continue;
    const [, series, labels = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (series === undefined || !current || !series.startsWith(current.name)) throw new Error(`no line of a scrape: ${line}`);
    current.series.push({ name: series, labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((match): [string, string] => [match[1]!, match[2]!])), value: Number(value) });
  }
  return families;
}

/** Sum of a metric's series that carry these labels; of a histogram by its full name (`_count`, `_sum`). NaN where none does. */
export function total(families: ReadonlyMap<string, Family>, name: string, labels: Record<string, string> = {}): number {
  const all = [...families.values()].flatMap(({ series }) => series).filter((series) => series.name === name && Object.entries(labels).every(([label, value]) => series.labels[label] === value));
  return all.length === 0 ? Number.NaN : all.reduce((sum, { value }) => sum + value, 0);
}
