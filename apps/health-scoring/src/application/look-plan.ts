/** Up to when looks of one partition may be given. */
export interface PartitionTime {
  readonly partition: number;
  readonly asOf: Date;
}

/** When time alone asks for looks. */
export abstract class LookPlan {
  /** Accounts of these partitions whose look is due, without `except`; the longest due first. */
  abstract due(times: readonly PartitionTime[], except: readonly string[], limit: number): Promise<string[]>;
  /** Accounts of these partitions that were last judged by what an earlier generation of scorecards had in force, without `except`. */
  abstract behind(partitions: readonly number[], generation: number, except: readonly string[], limit: number): Promise<string[]>;
  /** Takes an account that cannot be judged for looked at. */
  abstract skip(accountId: string, generation: number): Promise<void>;
  abstract nextLookAt(partitions: readonly number[]): Promise<Date | null>;
  abstract postpone(accountId: string, until: Date): Promise<void>;
}
