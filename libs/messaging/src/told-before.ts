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
