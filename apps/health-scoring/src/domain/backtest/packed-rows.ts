import { isLost, isWatched, left, none, orNull, read } from './packed-codes.js';
import { leads, type LeadReading, type TermRow } from './term-row.js';

const calm = read;
const red = read + 1;
const isAnswered = 4;

/** The same rows in columns: a fifth of the memory, for books of which all rows stay there. All have as many measures. */
export function packedRows(rows: readonly TermRow[]): TermRow[] {
  const columns = new Columns(rows);
  return rows.map((_, row) => new PackedRow(columns, row));
}

class Columns {
  readonly accountIds: readonly string[];
  readonly segments: readonly (string | null)[];
  readonly flags: Uint8Array;
  readonly redDays: Int16Array;
  readonly nps: Float64Array;
  /** By term and lead. */
  readonly at: Uint8Array;
  readonly scores: Int16Array;
  readonly measures: number;
  /** By term, lead and measure. */
  readonly points: Int16Array;
  readonly raised = new Map<string, Int16Array>();

  constructor(rows: readonly TermRow[]) {
    this.accountIds = rows.map(({ accountId }) => accountId);
    this.segments = rows.map(({ segment }) => segment);
    this.flags = Uint8Array.from(rows, (row) => (row.lost ? isLost : 0) | (row.isWatched ? isWatched : 0) | (row.red?.isAnswered ? isAnswered : 0));
    this.redDays = Int16Array.from(rows, (row) => row.red?.leadDays ?? none);
    this.nps = Float64Array.from(rows, ({ lastNps }) => lastNps ?? none);
    const readings = rows.flatMap(({ at }) => at);
    this.at = Uint8Array.from(readings, (reading) => (typeof reading === 'string' ? left.indexOf(reading) : reading.isRed ? red : calm));
    this.scores = Int16Array.from(readings, (reading) => (typeof reading === 'string' ? none : (reading.scoreBp ?? none)));
    this.measures = Math.max(0, ...readings.map((reading) => (typeof reading === 'string' ? 0 : reading.pointsBp.length)));
    this.points = new Int16Array(readings.length * this.measures);
    readings.forEach((reading, place) => typeof reading !== 'string' && this.points.set(reading.pointsBp.map((points) => points ?? none), place * this.measures));
    rows.forEach((row, place) => {
      for (const kind of row.raised.keys()) {
        if (!this.raised.has(kind)) this.raised.set(kind, new Int16Array(rows.length).fill(none));
        this.raised.get(kind)![place] = row.raised.get(kind)!;
      }
    });
  }
}

class PackedRow implements TermRow {
  constructor(
    private readonly columns: Columns,
    private readonly row: number,
  ) {}

  get accountId(): string {
    return this.columns.accountIds[this.row]!;
  }

  get segment(): string | null {
    return this.columns.segments[this.row]!;
  }

  get lost(): boolean {
    return this.has(isLost);
  }

  get isWatched(): boolean {
    return this.has(isWatched);
  }

  get red(): TermRow['red'] {
    const leadDays = this.columns.redDays[this.row]!;
    return leadDays === none ? null : { leadDays, isAnswered: this.has(isAnswered) };
  }

  get lastNps(): number | null {
    return orNull(this.columns.nps[this.row]!);
  }

  get raised(): TermRow['raised'] {
    return new PackedRaised(this.columns, this.row);
  }

  get at(): TermRow['at'] {
    return leads.map((_, lead) => {
      const place = this.row * leads.length + lead;
      return left[this.columns.at[place]!] ?? new PackedReading(this.columns, place);
    });
  }

  private has(flag: number): boolean {
    return (this.columns.flags[this.row]! & flag) !== 0;
  }
}

class PackedReading implements LeadReading {
  constructor(
    private readonly columns: Columns,
    private readonly place: number,
  ) {}

  get scoreBp(): number | null {
    return orNull(this.columns.scores[this.place]!);
  }

  get isRed(): boolean {
    return this.columns.at[this.place] === red;
  }

  get pointsBp(): (number | null)[] {
    const { points, measures } = this.columns;
    return Array.from({ length: measures }, (_, measure) => orNull(points[this.place * measures + measure]!));
  }
}

class PackedRaised {
  constructor(
    private readonly columns: Columns,
    private readonly row: number,
  ) {}

  has(kind: string): boolean {
    return this.get(kind) !== undefined;
  }

  get(kind: string): number | undefined {
    return orNull(this.columns.raised.get(kind)?.[this.row] ?? none) ?? undefined;
  }

  *keys(): Generator<string> {
    for (const kind of this.columns.raised.keys()) if (this.has(kind)) yield kind;
  }
}
