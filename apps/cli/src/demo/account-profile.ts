import type { SignalData } from '@perennial/contracts/signal';

export type Role = NonNullable<SignalData['person']['roles']>[number];

export interface Person {
  readonly name: string;
  readonly title: string;
  readonly roles: readonly Role[];
  /** Works in the product, on workdays. */
  readonly usesIt: boolean;
}

/** One customer of the demo's book, as a person would describe it; `daysAgo` counts back from today. */
export interface AccountProfile {
  readonly id: string;
  /** What `PUT /api/v1/accounts/{id}` sets. */
  readonly record: {
    readonly name: string;
    readonly ownerId: string;
    readonly tier: 'high' | 'mid' | 'digital';
    readonly segment: string;
    readonly region: string;
    readonly country: string;
    readonly timeZone: string;
  };
  readonly contract: {
    /** ARR of each term in whole dollars, oldest first: the last one runs. */
    readonly arr: readonly number[];
    readonly termMonths: number;
    /** The running term ends with the month that lies this far ahead. */
    readonly endsInMonths: number;
    readonly noticeDays: number;
    readonly autoRenew: boolean;
    readonly news?: { readonly status: 'cancel_scheduled' | 'agreed'; readonly daysAgo: number; readonly reason?: string };
  };
  readonly seats: { readonly bought: number; readonly assigned?: number };
  readonly people: readonly Person[];
  readonly usage?: {
    readonly events: readonly string[];
    /** Events of one person on a usual workday. */
    readonly perWorkday: number;
    /** From then on use is this multiple of the usual. */
    readonly change?: { readonly daysAgo: number; readonly factor: number };
    readonly lastSeenDaysAgo?: number;
    /** First use, at most `historyDays` ago. */
    readonly firstSeenDaysAgo?: number;
  };
  /** Meetings with one or two people in turn, the last one `lastDaysAgo`; and business reviews with all of them. */
  readonly touches: { readonly everyDays: number; readonly lastDaysAgo: number; readonly reviewsDaysAgo: readonly number[] };
  readonly goals: readonly {
    readonly name: string;
    readonly metric: string;
    readonly baseline: number;
    readonly target: number;
    readonly startedDaysAgo: number;
    /** Negative: still ahead. */
    readonly dueDaysAgo: number;
    readonly reached?: { readonly value: number; readonly daysAgo: number };
  }[];
  readonly milestones: readonly { readonly name: string; readonly phase: 'onboarding' | 'adoption' | 'value'; readonly dueDaysAgo: number; readonly achievedDaysAgo?: number }[];
  /** `by` is the place in `people`. */
  readonly surveys: readonly { readonly by: number; readonly type: 'nps' | 'csat' | 'renewal_intent'; readonly score: number; readonly daysAgo: number; readonly comment?: string }[];
  readonly tickets: readonly { readonly subject: string; readonly priority: 'low' | 'normal' | 'high' | 'urgent'; readonly openedDaysAgo: number; readonly solvedDaysAgo?: number }[];
  readonly pulse?: { readonly pulse: number; readonly reason: string; readonly daysAgo: number };
  readonly invoices: readonly { readonly dueDaysAgo: number; readonly amount: number; readonly paid: boolean }[];
  /** Word about a person: `by` is the place in `people`. */
  readonly peopleNews: readonly { readonly of: number; readonly daysAgo: number; readonly change: 'departed' | 'deactivated' | 'updated'; readonly company?: string }[];
}

/** Four months. */
export const historyDays = 122;

export const personId = (account: Pick<AccountProfile, 'id'>, at: number): string => `${account.id}-${at + 1}`;
