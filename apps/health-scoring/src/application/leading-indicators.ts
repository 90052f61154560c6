import { Injectable } from '@nestjs/common';
import { Clock } from '@perennial/service-kit/clock';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { backDays, leadingFiguresOf, type LeadingFigures } from '../domain/leading/leading-figures.js';
import { leadingIndicatorsOf, type LeadingIndicator } from '../domain/leading/leading-indicators.js';
import type { DayFacts } from '../domain/days/day-facts.js';
import { compileScorecard } from '../domain/scorecard/compile-scorecard.js';
import { dayOf, isoDay, type EpochDay } from '../domain/time/day.js';
import { shippedScorecards } from '../scorecards/shipped-scorecards.js';
import { ContactQueries } from './contact-queries.js';
import { DayStore } from './day-store.js';
import { StateQueries } from './state-queries.js';

export interface BookFilter {
  readonly ownerId?: string | undefined;
  readonly segment?: string | undefined;
}

/** The figures of accounts on one day, once each of them was asked for. */
export abstract class LeadingStore {
  /** Some of the accounts that have no figures of that day yet. */
  abstract uncounted(filter: BookFilter, day: EpochDay, limit: number): Promise<string[]>;
  abstract save(day: EpochDay, figures: ReadonlyMap<string, LeadingFigures>): Promise<void>;
  /** Means over accounts with data, sums of counts; `before` is what the same accounts had. */
  abstract ofBook(filter: BookFilter, day: EpochDay): Promise<{ readonly accounts: number; readonly figures: LeadingFigures }>;
}

export interface LeadingOfAccount {
  readonly day: string;
  readonly indicators: readonly LeadingIndicator[];
}
export interface LeadingOfBook extends LeadingOfAccount {
  readonly accounts: number;
  /** Not every account is in it yet: ask again. */
  readonly isPartial: boolean;
}

const accountsAtOnce = 200;
/** One question counts so long at most. Machine time. */
const patienceMs = 5_000;
/** A day without a look of its own stands as the one before it did. */
const longestGapDays = 7;
/** What it is read by is in every plan, whatever scorecards are in force. */
const shipped = shippedScorecards.find(({ document }) => document.id === 'csm-led')!;

/** The five leading indicators: of an account as it stands, of a book as it stood at the end of yesterday. Nothing is counted before somebody asks. */
@Injectable()
export class LeadingIndicators {
  private readonly card = compileScorecard(shipped.document, 0);

  constructor(
    private readonly store: LeadingStore,
    private readonly states: StateQueries,
    private readonly contacts: ContactQueries,
    private readonly days: DayStore,
    private readonly clock: Clock,
  ) {}

  /** Null for an account that scoring does not know. */
  async ofAccount(accountId: string): Promise<LeadingOfAccount | null> {
    const day = dayOf(this.clock.now().getTime());
    const figures = (await this.figuresOf([accountId], day)).get(accountId);
    return figures === undefined ? null : { day: isoDay(day), indicators: leadingIndicatorsOf(figures, null) };
  }

  async ofBook(filter: BookFilter): Promise<LeadingOfBook> {
    const day = dayOf(this.clock.now().getTime()) - 1;
    const until = performance.now() + patienceMs;
    let isPartial = true;
    while (isPartial && performance.now() < until) {
      const ids = await this.store.uncounted(filter, day, accountsAtOnce);
      if (ids.length > 0) await this.store.save(day, await this.figuresOf(ids, day));
      isPartial = ids.length === accountsAtOnce;
      await othersTurn();
    }
    const { accounts, figures } = await this.store.ofBook(filter, day);
    return { day: isoDay(day), accounts, isPartial, indicators: leadingIndicatorsOf(figures, accounts) };
  }

  private async figuresOf(ids: readonly string[], day: EpochDay): Promise<Map<string, LeadingFigures>> {
    const [states, contacts, now, before] = await Promise.all([this.states.readMany(ids), this.contacts.keptOf(ids), this.lastUpTo(ids, day), this.lastUpTo(ids, day - backDays)]);
    return new Map(states.map((state) => {
      const { accountId } = state;
      return [accountId, leadingFiguresOf({ state, contacts: contacts.get(accountId) ?? [], day, now: now.get(accountId) ?? null, before: before.get(accountId) ?? null }, this.card)];
    }));
  }

  private async lastUpTo(ids: readonly string[], day: EpochDay): Promise<Map<string, DayFacts>> {
    return new Map((await this.days.lastOf(ids, day - longestGapDays, day)).map(({ accountId, days }) => [accountId, days[0]!.facts]));
  }
}
