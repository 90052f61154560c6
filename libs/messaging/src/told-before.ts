import type { Transaction } from '@perennial/persistence/transaction';

/** Records of one partition that were applied before the rebuild under way: what came of them on log topics was told. */
export class ToldBefore {
  static readonly nothing = new ToldBefore(0n, []);
  private readonly except: ReadonlySet<bigint>;

  /** All below `below`, but for those that lay in the dead letters then. */
  constructor(
    private readonly below: bigint,
    except: readonly bigint[],
  ) {
    this.except = new Set(except);
  }

  has(offset: bigint): boolean {
    return offset < this.below && !this.except.has(offset);
  }
}

const applyingAgain = new WeakSet<Transaction>();

/** Says that the transaction applies records that were applied before a rebuild. */
export function markToldBefore(tx: Transaction): void {
  applyingAgain.add(tx);
}

/** True when what the transaction drafts was told before a rebuild. */
export function isToldBefore(tx: Transaction): boolean {
  return applyingAgain.has(tx);
}
