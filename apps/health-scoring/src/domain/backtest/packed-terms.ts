import { isLost, isWatched, left, none, orNull, read } from './packed-codes.js';
import type { PairedReading, PairedTerm, Sides, TermOfAccount } from './paired-term.js';
import { leads } from './term-row.js';

const redByForce = 1;
const redByDraft = 2;

/** The same terms in columns: a sixth of the memory, for books of which all terms stay there. */
export function packedTerms(terms: readonly TermOfAccount[]): TermOfAccount[] {
  const columns = new Columns(terms);
  return terms.map((_, term) => new PackedTerm(columns, term));
}

class Columns {
  readonly accountIds: readonly string[];
  readonly flags: Uint8Array;
  /** By term and side. */
  readonly redDays: Int16Array;
  /** By term and lead: a code, or who was red. */
  readonly at: Uint8Array;
  /** By term, lead and side. */
  readonly scores: Int16Array;

  constructor(terms: readonly TermOfAccount[]) {
    this.accountIds = terms.map(({ accountId }) => accountId);
    this.flags = Uint8Array.from(terms, (term) => (term.lost ? isLost : 0) | (term.isWatched ? isWatched : 0));
    this.redDays = Int16Array.from(terms.flatMap(({ red }) => [red.inForce ?? none, red.draft ?? none]));
    const readings = terms.flatMap(({ at }) => at);
    this.at = Uint8Array.from(readings, (reading) => (typeof reading === 'string' ? left.indexOf(reading) : read + (reading.inForce.isRed ? redByForce : 0) + (reading.draft.isRed ? redByDraft : 0)));
    this.scores = Int16Array.from(readings.flatMap((reading) => (typeof reading === 'string' ? [none, none] : [reading.inForce.scoreBp ?? none, reading.draft.scoreBp ?? none])));
  }
}

class PackedTerm implements TermOfAccount {
  constructor(
    private readonly columns: Columns,
    private readonly term: number,
  ) {}

  get accountId(): string {
    return this.columns.accountIds[this.term]!;
  }

  get lost(): boolean {
    return (this.columns.flags[this.term]! & isLost) !== 0;
  }

  get isWatched(): boolean {
    return (this.columns.flags[this.term]! & isWatched) !== 0;
  }

  get red(): Sides<number | null> {
    const { redDays } = this.columns;
    return { inForce: orNull(redDays[2 * this.term]!), draft: orNull(redDays[2 * this.term + 1]!) };
  }

  get at(): PairedTerm['at'] {
    return leads.map((_, lead) => {
      const place = this.term * leads.length + lead;
      return left[this.columns.at[place]!] ?? this.reading(place);
    });
  }

  private reading(place: number): PairedReading {
    const { at, scores } = this.columns;
    const red = at[place]! - read;
    return { inForce: { scoreBp: orNull(scores[2 * place]!), isRed: (red & redByForce) !== 0 }, draft: { scoreBp: orNull(scores[2 * place + 1]!), isRed: (red & redByDraft) !== 0 } };
  }
}
