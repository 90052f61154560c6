import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { v7 as uuidv7 } from 'uuid';
import { change, newAccount, type Account, type AccountChange } from '../domain/account.js';
import type { ItemFault } from '../domain/item-fault.js';
import { stampOf, type Stamp } from '../domain/latest-wins.js';
import { AccountStore, type PublishedAccount } from './account-store.js';
import { AccountTree } from './account-tree.js';
import { PublishAccounts } from './publish-accounts.js';

/** Sets what a person or system knows of an account; makes the account where it is new. */
@Injectable()
export class SaveAccount {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountStore,
    private readonly tree: AccountTree,
    private readonly publishAccounts: PublishAccounts,
    private readonly clock: Clock,
  ) {}

  /** Of an alias: what the account it stands for is. Fields that are not given stay. The same content again publishes nothing and takes no version. */
  async save(asked: string, given: AccountChange): Promise<PublishedAccount | ItemFault> {
    const fault = await this.database.transaction(async (tx): Promise<ItemFault | null> => {
      const now = this.clock.now();
      // Two who at the same moment each make one account the parent of the other would both find it free.
      if (given.parentId) await this.tree.hold(tx);
      const place = await this.tree.place(tx, asked);
      const id = place?.isAlias && place.mergedInto !== null ? place.mergedInto : asked;
      const { accounts: [loaded] } = await this.accounts.lock(tx, [{ id, earliest: now.getTime(), whole: true }]);
      const account = loaded ?? newAccount(id, now.getTime());
      if (given.parentId && (await this.tree.isBelow(tx, given.parentId, id))) {
        return { code: 'parent_is_below', pointer: '/parentId', detail: 'is the account itself or stands below it: choose another parent' };
      }
      const aliases = (await this.accounts.relatives(tx, [id])).filter(({ isAlias, mergedInto }) => isAlias && mergedInto === id);
      const { account: changed, refused } = change(account, given, newestStamp([account, ...aliases.map((alias) => alias.account)], now));
      if (refused.length > 0) return { code: 'too_many_traits', pointer: '/traits', detail: `the account knows 255 trait names already: ${refused.length} of these are new` };
      await this.publishAccounts.publish(tx, [{ account: changed, cause: undefined }], now);
      return null;
    });
    if (fault) return fault;
    const saved = await this.accounts.find(asked);
    if (!saved) throw new Error('an account that was just saved is not there');
    return saved;
  }
}

/** What a person says now outdoes every event known so far, even one whose clock was ahead. */
function newestStamp(accounts: readonly Account[], now: Date): Stamp {
  const stamp = stampOf(now.getTime(), `put-${uuidv7()}`);
  const newest = accounts.flatMap(({ stamps }) => Object.values(stamps)).reduce((latest, one) => (one > latest ? one : latest), '');
  return newest >= stamp ? `${newest}~` : stamp;
}
