/** A person at an account, or one who has none yet. */
export interface Person {
  readonly id: string;
  readonly accountId: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly title: string | null;
  readonly roles: readonly string[];
  readonly status: string;
  /** Signals that wait until the person gets an account. */
  readonly waitingSignals: number;
  /** Account most people of the same mail domain are at. */
  readonly suggestedAccountId: string | null;
}

export abstract class PeopleStore {
  /** By id. */
  abstract atAccount(accountId: string, limit: number, startingAfter: string | null): Promise<Person[]>;
  /** By id. */
  abstract unassigned(limit: number, startingAfter: string | null): Promise<Person[]>;
}
