import type { ContractOutcome, JudgedDay } from './account-history.js';
import { termRowsOf, type LeadReading, type TermRow } from './term-row.js';

/** What is in force, and the draft in its place. */
export interface Sides<T> {
  readonly inForce: T;
  readonly draft: T;
}

export type PairedReading = Sides<Pick<LeadReading, 'scoreBp' | 'isRed'>>;

/** One term of one account as both sides judged it, as JSON. */
export interface PairedTerm {
  readonly lost: boolean;
  /** By `leads`; else why it does not count there. */
  readonly at: readonly (PairedReading | Exclude<TermRow['at'][number], LeadReading>)[];
  /** Days before the notice date at which it turned red, the last time before the decision; null: it never was. */
  readonly red: Sides<number | null>;
  readonly isWatched: boolean;
}

export type TermOfAccount = PairedTerm & { readonly accountId: string };

/** The terms of an account that either side read anything of. */
export function pairedTermsOf(accountId: string, outcomes: readonly ContractOutcome[], days: Sides<readonly JudgedDay[]>): PairedTerm[] {
  const rows = (readings: readonly JudgedDay[]): TermRow[] => termRowsOf({ accountId, segment: null, outcomes, readings, outreach: [], nps: [] });
  const drafts = rows(days.draft);
  return rows(days.inForce).flatMap((row, place) => {
    const draft = drafts[place]!;
    const at = row.at.map((reading, lead) => pairOf(reading, draft.at[lead]!));
    const isWatched = row.isWatched && draft.isWatched;
    return isWatched || at.some((reading) => typeof reading !== 'string') ? [{ lost: row.lost, at, red: { inForce: row.red?.leadDays ?? null, draft: draft.red?.leadDays ?? null }, isWatched }] : [];
  });
}

function pairOf(inForce: TermRow['at'][number], draft: TermRow['at'][number]): PairedTerm['at'][number] {
  if (typeof inForce === 'string') return inForce;
  if (typeof draft === 'string') return draft;
  const short = ({ scoreBp, isRed }: LeadReading): Pick<LeadReading, 'scoreBp' | 'isRed'> => ({ scoreBp, isRed });
  return { inForce: short(inForce), draft: short(draft) };
}
