import { noFacts, type AccountFacts } from './account-facts.js';
import type { ContractEntry } from './contract-entry.js';
import type { GoalFacts } from './goal-facts.js';
import type { HealthReading } from './health-reading.js';

/** What readers know of an account's renewals. */
export interface Published {
  /** Digest of all that was told but the probabilities. */
  readonly content: string;
  /** Probabilities by renewal id. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Everything kept of one account. The functions below never change a state in place. */
export interface AccountState {
  readonly accountId: string;
  readonly facts: AccountFacts;
  readonly ledger: readonly ContractEntry[];
  /** Between `account.reset` and `account.restated`: facts are folded and nothing is told. */
  readonly restating: boolean;
  /** Instant of the last verdict; the next one is not before it. */
  readonly asOf: string | null;
  /** Null: nothing was ever published. */
  readonly published: Published | null;
}

export function newAccount(accountId: string): AccountState {
  return { accountId, facts: noFacts, ledger: [], restating: false, asOf: null, published: null };
}

/** Adds a ledger entry; one that is there already changes nothing. */
export function withEntry(state: AccountState, entry: ContractEntry): AccountState {
  if (state.ledger.some(({ id, sourceId }) => id === entry.id && sourceId === entry.sourceId)) return state;
  return { ...state, ledger: [...state.ledger, entry] };
}

export function withGoals(state: AccountState, change: (goals: GoalFacts) => GoalFacts): AccountState {
  return { ...state, facts: { ...state.facts, goals: change(state.facts.goals) } };
}

/** Takes the newest health; the same reading again changes nothing. */
export function withHealth(state: AccountState, health: HealthReading): AccountState {
  if (JSON.stringify(state.facts.health) === JSON.stringify(health)) return state;
  return { ...state, facts: { ...state.facts, health } };
}

/** Forgets what signals told; they come again. Health is told by its own topic. */
export function reset(state: AccountState): AccountState {
  return { ...state, facts: { ...noFacts, health: state.facts.health }, ledger: [], restating: true };
}

export function restated(state: AccountState): AccountState {
  return { ...state, restating: false };
}
