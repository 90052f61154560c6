import type { AccountHealthState } from '../domain/state.js';

/** States as they are stored, to read from. */
export abstract class StateQueries {
  /** Without contacts; null for an account that scoring does not know. */
  abstract read(accountId: string): Promise<AccountHealthState | null>;
}
