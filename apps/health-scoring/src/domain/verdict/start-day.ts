import { firstTermStart } from '../facts/fold-contract.js';
import type { AccountHealthState } from '../state.js';
import { dayOf, type EpochDay } from '../time/day.js';

/** First day of the account's life: contract start, else whichever came first of its record and its signals. */
export function startDayOf({ facts, account }: Pick<AccountHealthState, 'facts' | 'account'>, today: EpochDay): EpochDay {
  const contract = firstTermStart(facts.contracts);
  if (contract !== null) return contract;
  const heard = [facts.firstDay, account === null ? null : dayOf(account.createdAt)].filter((day) => day !== null);
  return heard.length === 0 ? today : Math.min(...heard);
}
