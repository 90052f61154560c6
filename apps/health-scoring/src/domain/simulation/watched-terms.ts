import type { ContractOutcome, JudgedDay } from '../backtest/account-history.js';
import { pairedTermsOf, type PairedTerm } from '../backtest/paired-term.js';
import type { KeptDay } from '../days/day-codec.js';
import { judgeDay } from '../days/judge-day.js';
import type { SimulatedDay } from './simulated-side.js';

/** Remembers what both sides made of the days of an account whose terms are known, as a backtest reads them. */
export class WatchedTerms {
  private readonly inForce: JudgedDay[] = [];
  private readonly draft: JudgedDay[] = [];

  constructor(
    private readonly accountId: string,
    private readonly outcomes: readonly ContractOutcome[],
  ) {}

  note(day: KeptDay, inForce: SimulatedDay, draft: SimulatedDay): void {
    if (this.outcomes.length === 0 || day.facts.merged) return;
    this.inForce.push(read(day, inForce));
    this.draft.push(read(day, draft));
  }

  terms(): PairedTerm[] {
    return pairedTermsOf(this.accountId, this.outcomes, { inForce: this.inForce, draft: this.draft });
  }
}

/** The score is the scorecard's own, not a person's. That notice was given counts as known, whichever indicators a draft has. */
function read({ day, facts }: KeptDay, { verdict, card, held }: SimulatedDay): JudgedDay {
  const { rawBp, riskLevel } = facts.override === null ? verdict : judgeDay({ ...facts, override: null }, card, { held });
  return { day, scoreBp: rawBp, riskLevel, indicators: facts.indicators.map(({ kind }) => kind), pointsBp: [] };
}
