import type { Signal } from '@perennial/contracts/signal';
import type { LateSignals } from '../domain/days/restate-day.js';
import { happenedAt } from '../domain/days/told-facts.js';
import { decodeState, encodeState } from '../domain/state-codec.js';
import type { AccountHealthState } from '../domain/state.js';
import { dayOf, type EpochDay, type EpochMs } from '../domain/time/day.js';

/** One account of a chunk for which signals came late. */
export interface LateAccount extends LateSignals {
  readonly today: EpochDay;
  readonly signals: Signal[];
}

/** Finds the signals of a chunk that happened on an earlier day than the one their account is looked at on; notes nothing of any other. */
export class LateNews {
  readonly accounts = new Map<string, LateAccount>();
  /** Accounts that were reset, and the first day that is judged by what is told anew. */
  readonly resets = new Map<string, EpochDay>();

  constructor(private readonly asOf: (state: AccountHealthState) => EpochMs) {}

  /** To be told of each signal before it is folded. Of accounts that nobody has looked at, or that are told anew, no day is known that it could change. */
  note(state: AccountHealthState, signal: Signal): void {
    if (signal.kind === 'note' || state.memory.judgedBy === null || state.restating || state.merged || state.pendingCause === 'restatement') return;
    const known = this.accounts.get(state.accountId);
    const today = known?.today ?? dayOf(this.asOf(state));
    if (dayOf(happenedAt(signal)) >= today) return;
    if (known !== undefined) known.signals.push(signal);
    else this.accounts.set(state.accountId, { before: copyOf(state), after: state, today, signals: [signal] });
  }

  /** To be told before the account is reset: what comes after it is another account's, or the same told anew. */
  reset(state: AccountHealthState): void {
    this.accounts.delete(state.accountId);
    // Where signals wait, that is the day they are applied as of, though the verdict it owes may wait for longer. Signals told again may have been received long ago.
    const today = dayOf(this.asOf({ ...state, pendingCause: null }));
    this.resets.set(state.accountId, Math.max(today, state.memory.dailyScores.newest));
  }
}

const copyOf = (state: AccountHealthState): AccountHealthState => ({ ...decodeState(state.accountId, encodeState(state)), contacts: structuredClone(state.contacts) });
