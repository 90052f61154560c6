import { Injectable } from '@nestjs/common';
import { Database } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { v7 as uuidv7 } from 'uuid';
import { change, newAccount, type Account, type AccountChange } from '../domain/account.js';
import type { ItemFault } from '../domain/item-fault.js';
import { stampOf, type Stamp } from '../domain/latest-wins.js';
import { AccountStore, type PublishedAccount } from './account-store.js';
import { PublishAccounts } from './publish-accounts.js';

/** Sets what a person or system knows of an account; makes the account where it is new. */
@Injectable()
export class SaveAccount {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountStore,
    private readonly publishAccounts: PublishAccounts,
    private readonly clock: Clock,
  ) {}

  /** Fields that are not given stay. The same content again publishes nothing and takes no version. */
  async save(id: string, given: AccountChange): Promise<PublishedAccount | ItemFault> {
    const fault = await this.database.transaction(async (tx): Promise<ItemFault | null> => {
      const now = this.clock.now();
      const { accounts: [loaded] } = await this.accounts.lock(tx, [{ id, earliest: now.getTime(), whole: true }]);
      const account = loaded ?? newAccount(id, now.getTime());
      if (given.parentId && (await this.accounts.isBelow(tx, given.parentId, id))) {
        return { code: 'parent_is_below', pointer: '/parentId', detail: 'is the account itself or stands below it: choose another parent' };
      }
      const { account: changed, refused } = change(account, given, newestStamp(account, now));
      if (refused.length > 0) return { code: 'too_many_traits', pointer: '/traits', detail: `the account knows 255 trait names already: ${refused.length} of these are new` };
      await this.publishAccounts.publish(tx, [{ account: changed, cause: undefined }], now);
      return null;
    });
    if (fault) return fault;
    const saved = await this.accounts.find(id);
    if (!saved) throw new Error('an account that was just saved is not there');
    return saved;
  }
}

/** What a person says now outdoes every event known so far, even one whose clock was ahead. */
function newestStamp(account: Account, now: Date): Stamp {
  const stamp = stampOf(now.getTime(), `put-${uuidv7()}`);
  const newest = Object.values(account.stamps).reduce((latest, one) => (one > latest ? one : latest), '');
  return newest >= stamp ? `${newest}~` : stamp;
}
