import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { change, marked, type Account } from '../../domain/account.js';
import { accountRow, type AccountRow } from '../../domain/imports/account-row.js';
import type { RowReader } from '../../domain/imports/row-meaning.js';
import type { ItemFault } from '../../domain/item-fault.js';
import { stampOf } from '../../domain/latest-wins.js';
import type { FileRow } from '../../files/file-row.js';
import { AccountStore } from '../account-store.js';
import { AccountTree } from '../account-tree.js';
import { PublishAccounts } from '../publish-accounts.js';
import type { Import } from './import-store.js';
import { unreadable } from './open-file.js';
import { RowOutcomes } from './row-outcomes.js';

type ReadRow = readonly [row: FileRow, said: AccountRow];

/** Rows that are accounts: made where they are new, else changed field by field, as of the import's beginning. */
@Injectable()
export class SaveAccountRows {
  constructor(
    private readonly accounts: AccountStore,
    private readonly tree: AccountTree,
    private readonly publishAccounts: PublishAccounts,
    private readonly clock: Clock,
  ) {}

  async take(tx: Transaction, one: Import, reader: RowReader, rows: readonly FileRow[]): Promise<RowOutcomes> {
    const outcomes = new RowOutcomes();
    const read: ReadRow[] = [];
    for (const row of rows) {
      const said = readRow(reader, row);
      if ('code' in said) outcomes.refuse(row, said);
      else read.push([row, said]);
    }
    if (one.dryRun) for (const [row] of read) outcomes.tell(row, 'no_signal');
    if (one.dryRun || read.length === 0) return outcomes;

    // Before anything else: what the tree says must stay true.
    if (read.some(([, { change: { parentId } }]) => parentId)) await this.tree.hold(tx);
    const book = await this.bookOf(tx, one, read);
    for (const [row, said] of read) {
      const known = book.of(said.accountId);
      const { account, refused } = change(known, said.change, stampOf(one.createdAt.getTime(), `import-${one.id}-${String(row.row).padStart(12, '0')}`));
      const fault = refused.length > 0
        ? reader.fault('too_many_traits', `traits.${refused[0]}`, 'the account knows 255 trait names already')
        : await this.parentFault(tx, reader, known, said, book);
      if (fault) {
        outcomes.refuse(row, fault);
        continue;
      }
      const next = { ...account, createdAt: Math.min(known.createdAt, said.createdAt ?? known.createdAt) };
      const isNews = !isDeepStrictEqual(valuesOf(next), valuesOf(known)) || Object.keys(known.stamps).length === 0;
      if (isNews && !next.importing?.includes(one.id)) outcomes.accounts++;
      book.set(isNews ? marked(next, one.id) : next);
      // A merged account changes the one it leads to.
      const root = book.rootOf(next.id);
      if (isNews && root) book.set(marked(root, one.id));
      outcomes.tell(row, isNews ? 'no_signal' : 'repeated');
    }
    await this.publishAccounts.publish(tx, book.changedAccounts().map((account) => ({ account, cause: undefined })), this.clock.now());
    return outcomes;
  }

  private async bookOf(tx: Transaction, one: Import, read: readonly ReadRow[]): Promise<AccountsOfRows> {
    const named = [...new Set(read.map(([, { accountId }]) => accountId))];
    const standsFor = new Map((await this.accounts.relatives(tx, named)).flatMap(({ account, isAlias, mergedInto }) => (isAlias && mergedInto !== null ? [[account.id, mergedInto] as const] : [])));
    const at = one.createdAt.getTime();
    const earliest = new Map<string, number>();
    for (const [, { accountId, createdAt }] of read) {
      const id = standsFor.get(accountId) ?? accountId;
      earliest.set(id, Math.min(earliest.get(id) ?? at, createdAt ?? at));
    }
    const { accounts, roots } = await this.accounts.lock(tx, [...earliest].map(([id, first]) => ({ id, earliest: first, whole: true })), true);
    return new AccountsOfRows(accounts, standsFor, roots);
  }

  /** Merged accounts count as one, so the database is asked; it must know the parents that rows before gave. */
  private async parentFault(tx: Transaction, reader: RowReader, known: Account, { change: { parentId } }: AccountRow, book: AccountsOfRows): Promise<ItemFault | null> {
    if (!parentId || parentId === known.parentId) return null;
    await this.accounts.save(tx, book.unsaved().map((account) => ({ account, version: null })));
    return (await this.tree.isBelow(tx, parentId, known.id)) ? reader.fault('parent_is_below', 'parentId', 'is the account itself or stands below it: choose another parent') : null;
  }
}

/** The accounts of a batch as its rows change them. */
class AccountsOfRows {
  private readonly byId: Map<string, Account>;
  private readonly changed = new Set<string>();
  private readonly notSaved = new Set<string>();

  constructor(
    accounts: readonly Account[],
    private readonly standsFor: ReadonlyMap<string, string>,
    private readonly roots: ReadonlyMap<string, string>,
  ) {
    this.byId = new Map(accounts.map((account) => [account.id, account]));
  }

  /** Of an alias: the account it stands for. */
  of(id: string): Account {
    const account = this.byId.get(this.standsFor.get(id) ?? id);
    if (!account) throw new Error('an account of this batch was not loaded');
    return account;
  }

  /** The account that a merged one leads to; null: it stands for itself. */
  rootOf(id: string): Account | null {
    const root = this.roots.get(id);
    return root === undefined ? null : this.of(root);
  }

  set(account: Account): void {
    this.byId.set(account.id, account);
    this.changed.add(account.id);
    this.notSaved.add(account.id);
  }

  /** What changed since this was asked last. */
  unsaved(): Account[] {
    const accounts = [...this.notSaved].flatMap((id) => this.byId.get(id) ?? []);
    this.notSaved.clear();
    return accounts;
  }

  changedAccounts(): Account[] {
    return [...this.changed].flatMap((id) => this.byId.get(id) ?? []);
  }
}

function readRow(reader: RowReader, row: FileRow): AccountRow | ItemFault {
  if (row.problem !== null) return unreadable(row.problem);
  const values = reader.values(row.cells);
  return 'code' in values ? values : accountRow(reader, values);
}

/** What others see of an account, without when each field was set. */
function valuesOf({ stamps: _, importing: __, ...values }: Account): object {
  return values;
}
