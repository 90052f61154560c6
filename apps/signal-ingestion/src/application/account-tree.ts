import type { Sql, Transaction } from '@perennial/persistence/transaction';

/** Where an id stands among the accounts. */
export interface Place {
  readonly id: string;
  readonly isAlias: boolean;
  /** The account it was merged into, or is an alias of; null: it stands for itself. */
  readonly mergedInto: string | null;
  /** Where that leads to in the end: `id` where it stands for itself. */
  readonly root: string;
}

/** Which account stands for which, and under which. */
export abstract class AccountTree {
  /** Lets one transaction at a time change the tree: call it before anything else. What it reads stays true. */
  abstract hold(tx: Transaction): Promise<void>;
  /** Null: no account or alias has this id. */
  abstract place(sql: Sql, id: string): Promise<Place | null>;
  /** Where these ids lead to in the end, each once, in order; an id that nobody has stands for itself. */
  abstract roots(sql: Sql, ids: readonly string[]): Promise<string[]>;
  /** The id and all that leads to it, directly or not. */
  abstract family(sql: Sql, id: string): Promise<string[]>;
  /** Makes `id` and what leads to it lead to `into`; null: it stands for itself again. */
  abstract lead(tx: Transaction, id: string, into: string | null): Promise<void>;
  /** False where the id is taken by an account or alias. */
  abstract addAlias(tx: Transaction, alias: string, accountId: string, at: Date): Promise<boolean>;
  /** Makes an alias an account of its own where anything was ever told under it; else forgets it and answers false. */
  abstract freeAlias(tx: Transaction, alias: string): Promise<boolean>;
  /** True when the account is `ancestorId` or stands anywhere below it, merged accounts counting as one. */
  abstract isBelow(tx: Transaction, id: string, ancestorId: string): Promise<boolean>;
  /** The accounts above it, the nearest first, and those right below it, by id; merged accounts count as one. */
  abstract surroundings(sql: Sql, id: string): Promise<{ readonly above: Named[]; readonly below: Named[] }>;
}

export interface Named {
  readonly id: string;
  readonly name: string | null;
}
