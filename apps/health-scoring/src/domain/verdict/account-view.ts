import type { SignalKind } from '@perennial/contracts/signal';
import type { ContactFacts } from '../contacts/contact-facts.js';
import { isKept } from '../contacts/contact-facts.js';
import { counted, noImports } from '../contacts/imported-word.js';
import type { CountedFeatures } from '../facts/fold-feature.js';
import { sumOf } from '../facts/ring.js';
import type { Scorecard, TierTargets } from '../scorecard/scorecard.js';
import { sourceStateOf, type SourceLiveness, type SourceState } from '../sources/source-liveness.js';
import type { AccountHealthState } from '../state.js';
import { weekdayOf } from '../time/account-week.js';
import { dayOf, startOf, type EpochDay, type EpochMs } from '../time/day.js';
import { usageViewOf, type UsageView } from '../usage/usage-view.js';
import { startDayOf } from './start-day.js';

const daysOfMonth = 30.4375;
export const monthsOf = (days: number): number => days / daysOfMonth;

/** What the scorecard expects of an account of that tier. */
export const targetsOf = (tier: string | null, { tiers, defaultTier }: Pick<Scorecard, 'tiers' | 'defaultTier'>): TierTargets =>
  tiers[tier ?? ''] ?? tiers[defaultTier] ?? { touches: 0, contacts: 0, requiredRoles: [] };

/** One account as one look sees it: facts, time and sources, and the instants at which time alone changes it. */
export class AccountView {
  readonly today: EpochDay;
  readonly weekday: number;
  /** Days since the first contract began, else since the account was first heard of; never negative. */
  readonly ageDays: number;
  readonly targets: TierTargets;
  /** Contacts that looks need one by one, with the signs that count; all others are in the cohort's sums. */
  readonly stakeholders: readonly ContactFacts[];
  #usage: UsageView | null = null;
  #nextLookAt: EpochMs;

  constructor(
    readonly state: AccountHealthState,
    readonly asOf: EpochMs,
    readonly sources: SourceLiveness,
    scorecard: Pick<Scorecard, 'tiers' | 'defaultTier'>,
    /** Features that the deployment calls key. */
    readonly keyFeatures: readonly string[] = [],
    private readonly features: CountedFeatures | null = null,
    /** Imports whose word is no sign that somebody has gone. */
    readonly uncounted: ReadonlySet<string> = noImports,
  ) {
    this.today = dayOf(asOf);
    this.weekday = weekdayOf(state.accountId);
    this.#nextLookAt = startOf(this.today + 1);
    this.ageDays = Math.max(0, this.today - this.startDay());
    this.targets = targetsOf(state.account?.tier ?? null, scorecard);
    this.stakeholders = [...state.contacts.values()].filter(isKept).map((contact) => counted(contact, uncounted)).sort((a, b) => (a.personId < b.personId ? -1 : 1));
  }

  get facts(): AccountHealthState['facts'] {
    return this.state.facts;
  }

  get ageMonths(): number {
    return monthsOf(this.ageDays);
  }

  get usage(): UsageView {
    return (this.#usage ??= usageViewOf(this));
  }

  /** First day of the account's life. */
  startDay(): EpochDay {
    return startDayOf(this.state, this.today);
  }

  sourceOf(kind: SignalKind): SourceState {
    return sourceStateOf(this.sources, kind, this.asOf);
  }

  /** Today, or the day on which the kind's source went stale: what is counted keeps the value it had then. */
  dayFor(kind: SignalKind): EpochDay {
    const source = this.sources[kind];
    return source !== undefined && source.staleAt <= this.asOf ? dayOf(source.staleAt) : this.today;
  }

  /** Features that the deployment calls key, and whose use was counted for at least so many whole days. */
  featuresCountedFor(days: number): readonly string[] {
    return this.keyFeatures.filter((name) => this.today - (this.features?.countedSince(name) ?? -Infinity) >= days);
  }

  /** Contacts that used the product in the last `days` days, today included. */
  activeContacts(days: number): number {
    const day = this.dayFor('usage');
    return sumOf(this.facts.cohort.lastActive, day - days + 1, this.today);
  }

  /** Contacts that ever used the product; of an account from before this was counted, at least those of the last weeks. */
  activatedContacts(): number {
    const { activated, lastActive } = this.facts.cohort;
    return Math.max(activated, sumOf(lastActive, this.today - lastActive.size, this.today));
  }

  /** The verdict changes at `instant` by time alone, where that lies ahead. */
  changesAt(instant: EpochMs): void {
    if (instant > this.asOf && instant < this.#nextLookAt) this.#nextLookAt = instant;
  }

  get nextLookAt(): EpochMs {
    return this.#nextLookAt;
  }
}
