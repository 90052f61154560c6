import type { AccountState } from '@perennial/contracts/account';
import type { PlansState } from '@perennial/contracts/playbook';
import type { RenewalsState } from '@perennial/contracts/renewal';
import type { Signal } from '@perennial/contracts/signal';
import { contactIdsOf, foldSignal } from './facts/fold-signal.js';
import { emptyAccountFacts } from './facts/account-facts.js';
import { applyStakeholders, keepAccountRoles } from './contacts/stakeholders.js';
import type { AccountHealthState, RenewalSummary } from './state.js';
import { parseDay, parseInstant } from './time/day.js';
import { emptyTrack } from './usage/usage-track.js';

/** An account nobody has heard of: no facts, risk `unknown`. */
export function initialState(accountId: string): AccountHealthState {
  return {
    accountId,
    account: null,
    renewal: null,
    reviews: [],
    facts: emptyAccountFacts(),
    contacts: new Map(),
    products: new Map(),
    indicators: [],
    suppressions: [],
    memory: {
      heldBand: 'unknown', amberSince: null, greenSince: null, knownSince: null, toldRisk: null, band: 'unknown', riskLevel: 'unknown',
      dailyScores: { newest: 0, scores: [] }, usageTrack: emptyTrack(), heaviest: null, weekly: [], fingerprint: 0, judgedBy: null, judgedSince: 0, passage: null, generation: 0,
    },
    override: null,
    restating: false,
    merged: false,
    imports: { signals: [], account: [] },
    pendingCause: null,
    nextLookAt: 0,
    dirtyContacts: new Set(),
    dirtyProducts: new Set(),
    contactsCleared: false,
  };
}

/** Contacts whose rows must be loaded before the signal is applied (besides the `kept` ones). */
export const contactsOfSignal = (signal: Signal): readonly string[] => contactIdsOf(signal);

/** Contacts whose rows must be loaded before the account's state is applied (besides the `kept` ones). */
export const contactsOfAccount = (account: AccountState): readonly string[] => account.stakeholders.map((stakeholder) => stakeholder.personId);

/**
 * Folds one signal into the facts; use of `keyFeatures` is counted by feature too. Commutative and idempotent per signal
 * id, apart from sums: a signal must come once.
 */
export function applySignal(state: AccountHealthState, signal: Signal, keyFeatures: readonly string[] = []): void {
  foldSignal(state, signal, keyFeatures);
}

/** Takes over the account's own record and the roles of its stakeholders. */
export function applyAccount(state: AccountHealthState, account: AccountState): void {
  state.account = {
    tier: account.tier,
    segment: account.segment,
    goLive: account.goLive === null ? null : parseDay(account.goLive),
    createdAt: parseInstant(account.createdAt),
    isMerged: account.mergedInto !== null,
  };
  applyStakeholders(state, account.stakeholders);
  tellImports(state, { ...state.imports, account: account.importing ?? [] });
}

/** Takes over dates and ARR only: the forecast must not move the score, or the two would chase each other. */
export function applyRenewals(state: AccountHealthState, renewals: RenewalsState): void {
  let next: { renewalOn: number; noticeOn: number } | null = null;
  for (const renewal of renewals.renewals) {
    if (renewal.state !== 'open' && renewal.state !== 'agreed' && renewal.state !== 'churn_notified') continue;
    const dates = { renewalOn: parseDay(renewal.renewalOn), noticeOn: parseDay(renewal.noticeOn) };
    if (next === null || dates.renewalOn < next.renewalOn || (dates.renewalOn === next.renewalOn && dates.noticeOn < next.noticeOn)) next = dates;
  }
  const summary: RenewalSummary = {
    renewalOn: next?.renewalOn ?? null,
    noticeOn: next?.noticeOn ?? null,
    arrMinor: renewals.arrMinor,
    currency: renewals.currency,
  };
  state.renewal = summary;
}

/** Takes over the save-plan reviews, which decide whether three strikes ask for another one. */
export function applyPlans(state: AccountHealthState, plans: PlansState): void {
  state.reviews = plans.savePlanReviews.map(({ id, state: reviewState, groups }) => ({ id, state: reviewState, groups }));
}

/** `account.reset`: forgets every fact; verdict, indicators, overrides and judgements stay until the net verdict. */
export function resetFacts(state: AccountHealthState): void {
  state.facts = emptyAccountFacts();
  state.products.clear();
  state.dirtyProducts.clear();
  // Looks at use are taken again from the restated weeks; what a person accepted stays accepted.
  state.memory.usageTrack = { ...emptyTrack(), week: state.memory.usageTrack.accepted?.week ?? null, accepted: state.memory.usageTrack.accepted };
  state.memory.heaviest = null;
  // What they are measured against was a sum of the facts.
  state.indicators = state.indicators.map((indicator) => ({ ...indicator, reference: null }));
  keepAccountRoles(state);
  state.restating = true;
}

/** What a restatement's last mark says of the account. */
export interface Restated {
  readonly cause: 'restatement' | 'import';
  /** What the account consists of changed. */
  readonly regrouped?: boolean;
  readonly mergedInto?: string;
}

/** `account.restated`: all signals came again; the next look gives one net verdict with this cause. */
export function finishRestatement(state: AccountHealthState, { cause, regrouped = false, mergedInto }: Restated): void {
  state.restating = false;
  state.merged = mergedInto !== undefined;
  state.pendingCause = cause;
  // Its band was that of another group of accounts: nothing holds it back from its own.
  if (regrouped) state.memory.heldBand = 'unknown';
}

/**
 * No look is due: facts come that belong together (again, or by an import), or the account's record says that they are
 * another account's and their end is not here yet.
 */
export function isSilent({ restating, imports, merged, account }: AccountHealthState): boolean {
  return restating || imports.signals.length > 0 || imports.account.length > 0 || (!merged && account?.isMerged === true);
}

/** `account.importing`: signals of an import follow; the account is not looked at until it is over. */
export function beginImport(state: AccountHealthState, importId: string): void {
  const { imports } = state;
  if (!imports.signals.includes(importId)) tellImports(state, { ...imports, signals: [...imports.signals, importId] });
}

/** `account.imported`: the import brings no more; with the last one the next look gives one net verdict. */
export function finishImport(state: AccountHealthState, importId: string): void {
  tellImports(state, { ...state.imports, signals: state.imports.signals.filter((id) => id !== importId) });
}

function tellImports(state: AccountHealthState, imports: AccountHealthState['imports']): void {
  if (imports.signals.length + imports.account.length + state.imports.signals.length + state.imports.account.length === 0) return;
  state.imports = imports;
  noteImport(state);
}

/** What changed was imported: the next verdict says so. */
export function noteImport(state: AccountHealthState): void {
  if (state.pendingCause !== 'restatement') state.pendingCause = 'import';
}
