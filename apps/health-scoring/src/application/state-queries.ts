import type { AccountHealthState } from '../domain/state.js';

/** States as they are stored, to read from. */
export abstract class StateQueries {
  /** Without contacts and products; null for an account that scoring does not know. */
  abstract read(accountId: string): Promise<AccountHealthState | null>;
  /** Without contacts and products; those that scoring does not know are left out. */
  abstract readMany(accountIds: readonly string[]): Promise<AccountHealthState[]>;
}
