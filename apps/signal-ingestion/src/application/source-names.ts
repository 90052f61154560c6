import type { Transaction } from '@perennial/persistence/transaction';
import type { NameKind, Overflow, SourceName } from '../domain/name-caps.js';

/** Names beyond the cap, of one source. */
export interface NameNotice {
  readonly kind: NameKind;
  readonly count: number;
  readonly example: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** The names of events and properties that each source has sent. */
export abstract class SourceNames {
  abstract of(tx: Transaction, sourceIds: readonly string[]): Promise<SourceName[]>;
  abstract add(tx: Transaction, names: readonly SourceName[], at: Date): Promise<void>;
  abstract overflowed(tx: Transaction, overflows: readonly Overflow[], at: Date): Promise<void>;
  abstract notices(sourceId: string): Promise<NameNotice[]>;
}
