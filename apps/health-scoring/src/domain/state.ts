import type { HealthState } from '@perennial/contracts/health';
import type { ContactFacts } from './contacts/contact-facts.js';
import type { AccountFacts } from './facts/account-facts.js';
import type { ProductFacts } from './products/product-facts.js';
import type { ScorecardRef } from './scorecard/compile-scorecard.js';
import type { Passage } from './scorecard/passage.js';
import type { AccountWeek } from './time/account-week.js';
import type { EpochDay, EpochMs } from './time/day.js';
import type { HeaviestTrack } from './usage/heaviest-track.js';
import type { UsageTrack } from './usage/usage-track.js';

export type Band = HealthState['band'];
export type RiskLevel = HealthState['riskLevel'];
export type CauseGroup = HealthState['strikes']['groups'][number];
export type Cause = 'signal' | 'time' | 'revision' | 'restatement' | 'import' | 'override';

/** What the verdict needs of the account's own record. */
export interface AccountAttributes {
  readonly tier: string | null;
  readonly segment: string | null;
  readonly goLive: EpochDay | null;
  readonly createdAt: EpochMs;
  /** It stands for another account, as its own record has it. */
  readonly isMerged: boolean;
}

/** What a risk change says about the next renewal. */
export interface RenewalSummary {
  /** Term end and notice date of the renewal that comes next; null when none is open. */
  readonly renewalOn: EpochDay | null;
  readonly noticeOn: EpochDay | null;
  readonly arrMinor: number;
  readonly currency: string | null;
}

export interface Review {
  readonly id: string;
  readonly state: 'open' | 'decided';
  readonly groups: readonly CauseGroup[];
}

/** A person's number in place of the computed one, until it expires. */
export interface Override {
  readonly id: string;
  readonly healthScore: number;
  readonly reason: string;
  readonly expiresAt: EpochMs;
  readonly by: string;
}

/** An indicator as remembered between looks. */
export interface ActiveIndicator {
  readonly id: string;
  readonly kind: string;
  readonly since: EpochMs;
  severe: boolean;
  validUntil: EpochMs | null;
  /** Ids of the signals it rests on, oldest first, at most 20. */
  evidence: readonly string[];
  /** What it is about (a person id, a ticket id) where the exit depends on it. */
  subject: string | null;
  /** Made anew at each look; not stored. */
  text: string;
  confirmed: boolean;
  /** A change of scorecard raised it, not what happened to the account. */
  byRevision: boolean;
  /** It brought a third strike, or a further one, beside what a change of scorecard had raised: that calls for a review. */
  calls?: boolean;
  /** What it is measured against, frozen when it was raised; null: what it is about has none, or it is to be read anew. */
  reference?: number | null;
}

/** Nothing of this kind is raised before `until`. `accepted` also names the evidence that no longer counts. */
export interface Suppression {
  readonly kind: string;
  readonly at: EpochMs;
  readonly until: EpochMs;
  readonly how: 'accepted' | 'dismissed' | 'snoozed' | 'replaced';
  readonly reason: string;
}

/** A condition that facts cannot tell again of an earlier look. */
export interface WeeklyLook {
  readonly kind: string;
  readonly week: AccountWeek;
  readonly times: number;
}

/** What the verdict remembers of earlier looks: it follows their sequence. */
export interface VerdictMemory {
  /** Band of the raw score with the rule for improving applied. */
  heldBand: Band;
  /** First day of the run on which the raw score stood past the edge of amber, of green; null outside a run. */
  amberSince: EpochDay | null;
  greenSince: EpochDay | null;
  /** Day on which the held band was last left `unknown`; null before, and in rows that did not keep it. */
  knownSince: EpochDay | null;
  /** Risk level last told to others; null until a verdict knew one. */
  toldRisk: RiskLevel | null;
  /** Band, risk level and strikes of the last look, for lists. */
  band: Band;
  riskLevel: RiskLevel;
  /** Health scores x 100 of the last 34 days, newest last; null on a day without one. */
  dailyScores: { newest: EpochDay; scores: (number | null)[] };
  /** Weekly looks at use: whether a fall is raised, with its frozen references. */
  usageTrack: UsageTrack;
  /** The last weekly look at the heaviest users; null before one, and once the facts are told anew. */
  heaviest: HeaviestTrack | null;
  /** Conditions that held at the last weekly look, and at how many running. */
  weekly: readonly WeeklyLook[];
  /** Hash of what was last published; 0 before the first verdict. */
  fingerprint: number;
  /** The scorecard of the last look; null before the first. */
  judgedBy: ScorecardRef | null;
  /** Day since which that scorecard judges, in whatever revision. */
  judgedSince: EpochDay;
  /** The way to it from another one that the last look went by; null: it judges alone. */
  passage: Passage | null;
  /** Publication of scorecards that the last look went by. */
  generation: number;
}

/**
 * Imports that run and have touched the account, as each topic tells of them: neither waits for the other, so the
 * account is let go when both say so.
 */
export interface RunningImports {
  /** By marks among its signals. */
  signals: readonly string[];
  /** By its own record. */
  account: readonly string[];
}

/**
 * Everything scoring knows about one account. Folds change it in place; a failed transaction must throw it away.
 * `contacts` holds at least the contacts whose row is `kept` and those named by `contactsOf` of what is folded;
 * an id that is not in it is taken for a contact nobody has heard of.
 */
export interface AccountHealthState {
  readonly accountId: string;
  account: AccountAttributes | null;
  renewal: RenewalSummary | null;
  reviews: readonly Review[];
  facts: AccountFacts;
  contacts: Map<string, ContactFacts>;
  /** Products that signals named: each has a row of its own. */
  products: Map<string, ProductFacts>;
  indicators: ActiveIndicator[];
  suppressions: Suppression[];
  memory: VerdictMemory;
  override: Override | null;
  /** Between `account.reset` and `account.restated` no look is due. */
  restating: boolean;
  /** Its signals are another account's, as the marks among them have it: it has nothing to be judged by. */
  merged: boolean;
  /** While there are any no look is due. */
  imports: RunningImports;
  /** Cause of the next verdict where it is not the look's own (a restatement, an override); null otherwise. */
  pendingCause: Cause | null;
  /** When time alone may change the verdict. */
  nextLookAt: EpochMs;
  /** Contacts whose row must be written, or deleted where `contacts` has them no more; after saving, the shell clears both fields. */
  dirtyContacts: Set<string>;
  /** Products whose row must be written; after saving, the shell clears it. */
  dirtyProducts: Set<string>;
  /** All contact and product rows of the account must be deleted before the dirty ones are written. */
  contactsCleared: boolean;
}
