import type { RenewalsState } from '@perennial/contracts/renewal';
import type { Transaction } from '@perennial/persistence/transaction';

/** How one term ended. */
export interface RenewalOutcome {
  readonly accountId: string;
  readonly renewalId: string;
  /** ISO days. */
  readonly renewalOn: string;
  readonly noticeOn: string;
  readonly renewed: boolean;
}

/** The terms of an account that ended: renewed or lost. One that was extended went on. */
export const outcomesOf = ({ accountId, renewals }: RenewalsState): RenewalOutcome[] =>
  renewals.flatMap(({ id, renewalOn, noticeOn, state }) => (state === 'renewed' || state === 'churned' ? [{ accountId, renewalId: id, renewalOn, noticeOn, renewed: state === 'renewed' }] : []));

/** What became of contracts, to hold judgements against. */
export abstract class RenewalOutcomes {
  /** Takes `outcomes` for all there are of `accountIds`; one that is known keeps the time it became known at. */
  abstract replace(tx: Transaction, accountIds: readonly string[], outcomes: readonly RenewalOutcome[], knownAt: Date): Promise<void>;
}
