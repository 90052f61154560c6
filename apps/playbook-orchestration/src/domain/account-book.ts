import type { AccountState } from '@perennial/contracts/account';
import type { HealthState } from '@perennial/contracts/health';
import type { Renewal, RenewalsState } from '@perennial/contracts/renewal';
import type { SavePlanReview } from './save-plan-review.js';

/** What playbooks need to know of an account, kept from the events of the other services. */
export interface AccountBook {
  readonly accountId: string;
  readonly name: string | null;
  readonly ownerId: string | null;
  readonly country: string | null;
  readonly timeZone: string | null;
  /** Until this day nothing is started for the account. */
  readonly goLive: string | null;
  readonly riskLevel: string;
  /** Strikes as scoring last told them. */
  readonly strikes: { readonly reviewCalledFor: boolean; readonly groups: readonly string[] };
  /** Active indicators of the groups playbooks start from; those that a change of scorecard raised start none. */
  readonly indicators: readonly { readonly kind: string; readonly group: string; readonly text: string; readonly byRevision?: true }[];
  readonly renewals: readonly { readonly id: string; readonly noticeOn: string; readonly state: Renewal['state'] }[];
  readonly reviews: readonly SavePlanReview[];
  /** Version of the newest risk change heard: an older one, replayed by hand, says nothing about now. */
  readonly riskVersion: number;
}

/** An account nothing is known about yet: events of different topics come in any order. */
export function newBook(accountId: string): AccountBook {
  return {
    accountId, name: null, ownerId: null, country: null, timeZone: null, goLive: null, riskLevel: 'unknown',
    strikes: { reviewCalledFor: false, groups: [] }, indicators: [], renewals: [], reviews: [], riskVersion: 0,
  };
}

export function withAccount(book: AccountBook, account: AccountState): AccountBook {
  const { name, ownerId, country, timeZone, goLive } = account;
  return { ...book, name, ownerId, country, timeZone, goLive };
}

export function withHealth(book: AccountBook, health: HealthState, groups: ReadonlySet<string>): AccountBook {
  const indicators = health.indicators.filter((indicator) => groups.has(indicator.group)).map(({ kind, group, text, byRevision }) => ({ kind, group, text, ...(byRevision === true && { byRevision }) }));
  return { ...book, riskLevel: health.riskLevel, strikes: { reviewCalledFor: health.strikes.savePlanReview, groups: health.strikes.groups }, indicators };
}

export function withRenewals(book: AccountBook, state: RenewalsState): AccountBook {
  return { ...book, renewals: state.renewals.map(({ id, noticeOn, state }) => ({ id, noticeOn, state })) };
}

/** Whether playbooks may start for the account on that day of its calendar; never while the deployment only observes. */
export function isLive(book: AccountBook, day: string, { observe }: { readonly observe: boolean }): boolean {
  if (observe) return false;
  return book.goLive === null || day >= book.goLive;
}
