import type { Transaction } from '@perennial/persistence/transaction';
import { isSilent } from '../domain/account-health.js';
import type { PersonUse } from '../domain/contacts/active-days.js';
import type { SourceLiveness } from '../domain/sources/source-liveness.js';
import type { AccountHealthState } from '../domain/state.js';
import { isHeaviestLookDue } from '../domain/usage/advance-heaviest.js';
import type { AccountHealthStore } from './account-health-store.js';

/** The use of all contacts of an account; undefined where no look asks for it. */
export type Everyone = (state: AccountHealthState) => readonly PersonUse[] | undefined;

interface Looks {
  readonly asOf: (state: AccountHealthState) => Date | null;
  readonly sources: SourceLiveness;
  /** What the scorecards in force take for heaviest users. */
  readonly rules: readonly number[];
}

/** Reads it for the accounts whose weekly look at the heaviest users is due, as many as the store answers at once: no statement where none is. */
export async function readEveryone(store: AccountHealthStore, tx: Transaction, states: readonly AccountHealthState[], { asOf, sources, rules }: Looks): Promise<Everyone> {
  const due = states.filter((state) => {
    const at = isSilent(state) || state.merged ? null : asOf(state);
    return at !== null && isHeaviestLookDue(state, sources, at.getTime(), rules);
  });
  if (due.length === 0) return () => undefined;
  // Rows of a state that was emptied are about to go.
  const stored = await store.usesOf(tx, due.flatMap((state) => (state.contactsCleared ? [] : [state.accountId])));
  const read = new Set(due.filter((state) => state.contactsCleared || stored.has(state.accountId)));
  return (state) => {
    if (!read.has(state)) return undefined;
    const people = new Map((stored.get(state.accountId) ?? []).map((person) => [person.personId, person]));
    for (const [personId, contact] of state.contacts) people.set(personId, contact);
    return [...people.values()];
  };
}
