import { Injectable } from '@nestjs/common';
import { killPoint } from '@perennial/messaging/kill-point';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { AccountTree, type Place } from './account-tree.js';
import { MergeHistory, type Decision } from './merge-history.js';
import type { RefusedCall } from './refused-call.js';
import { RegroupAccounts } from './regroup-accounts.js';

/**
 * Makes one account stand for another, and takes that back. Nothing is rewritten: messages, contacts and attributes
 * keep the account they named, and only where that leads changes. Both accounts are told again to everybody.
 */
@Injectable()
export class MergeAccounts {
  constructor(
    private readonly tree: AccountTree,
    private readonly history: MergeHistory,
    private readonly regroup: RegroupAccounts,
    private readonly clock: Clock,
  ) {}

  /** The same again changes nothing. `unless` may refuse what is about to be done. Answers null when it is done. */
  async merge(tx: Transaction, id: string, into: string, decision: Decision, unless: (tx: Transaction) => Promise<RefusedCall | null> = () => Promise.resolve(null)): Promise<RefusedCall | null> {
    await this.tree.hold(tx);
    const [source, target] = [await this.tree.place(tx, id), await this.tree.place(tx, into)];
    if (source === null || source.isAlias) return notFound(id, source);
    if (target === null || target.isAlias) return notFound(into, target);
    if (source.mergedInto === into) return null;
    if (source.mergedInto !== null) return conflict('already_merged', `${id} is merged into ${source.mergedInto}: unmerge it first`);
    if (target.root === id) return conflict('merge_cycle', id === into ? 'an account cannot be merged into itself' : `${into} is merged into ${id} already: unmerge it first, or merge the other way round`);
    if (target.mergedInto !== null) return conflict('target_is_merged', `${into} is merged itself: merge into ${target.root}`);
    if (await this.tree.isBelow(tx, into, id)) return conflict('merge_cycle', `${into} stands below ${id}: it would be its own parent. Clear its parentId first, or merge the other way round`);
    const refused = await unless(tx);
    if (refused) return refused;
    await this.history.add(tx, 'account', id, into, decision);
    await this.move(tx, id, into, [id, into], `${id} was merged into ${into}: ${decision.reason}`);
    return null;
  }

  /** The account stands for itself again, with all that was merged into it. The same again changes nothing. */
  async unmerge(tx: Transaction, id: string, decision: Decision): Promise<RefusedCall | null> {
    await this.tree.hold(tx);
    const source = await this.tree.place(tx, id);
    if (source === null || source.isAlias) return notFound(id, source);
    if (source.mergedInto === null) return null;
    await this.history.end(tx, 'account', id, decision);
    await this.move(tx, id, null, [id, source.root], `${id} was unmerged from ${source.mergedInto}: ${decision.reason}`);
    return (await this.isOwnAncestor(tx, id)) ? conflict('merge_cycle', `${id} would stand below itself by its parentId, which was free while it was merged: change its parent first`) : null;
  }

  /** Makes `alias` another name of the account: signals that name it are the account's. */
  async addAlias(tx: Transaction, id: string, alias: string): Promise<RefusedCall | null> {
    await this.tree.hold(tx);
    const owner = await this.tree.place(tx, id);
    if (owner === null || owner.isAlias) return notFound(id, owner);
    if (await this.tree.addAlias(tx, alias, id, this.clock.now())) {
      await this.regroup.publish(tx, [id]);
      return null;
    }
    const taken = await this.tree.place(tx, alias);
    if (taken?.isAlias && taken.mergedInto === id) return null;
    if (taken?.isAlias) return conflict('alias_taken', `${alias} is an alias of ${taken.mergedInto}: remove it there first`);
    return conflict('alias_is_account', alias === id ? 'this is the account\'s own id' : `${alias} is an account with signals of its own: merge it into ${id}`);
  }

  /** Takes a name away; what was told under it becomes an account of its own again. */
  async removeAlias(tx: Transaction, id: string, alias: string): Promise<RefusedCall | null> {
    await this.tree.hold(tx);
    const place = await this.tree.place(tx, alias);
    if (!place?.isAlias || place.mergedInto !== id) return { because: 'not_found', code: 'not_found', detail: `${alias} is no alias of ${id}` };
    await this.regroup.hold(tx, [alias, place.root]);
    if (await this.tree.freeAlias(tx, alias)) await this.regroup.tell(tx, [alias, place.root], `${alias} is no alias of ${id} any more`);
    else await this.regroup.publish(tx, [id]);
    return null;
  }

  private async move(tx: Transaction, id: string, into: string | null, accountIds: readonly string[], reason: string): Promise<void> {
    await this.regroup.hold(tx, accountIds, await this.tree.family(tx, id));
    await this.tree.lead(tx, id, into);
    killPoint('ingestion.merging');
    await this.regroup.tell(tx, accountIds, reason);
  }

  private async isOwnAncestor(tx: Transaction, id: string): Promise<boolean> {
    const account = (await this.regroup.lock(tx, [id])).accounts.find((one) => one.id === id);
    return account?.parentId != null && this.tree.isBelow(tx, account.parentId, id);
  }
}

const conflict = (code: string, detail: string): RefusedCall => ({ because: 'conflict', code, detail });

function notFound(id: string, place: Place | null): RefusedCall {
  if (place === null) return { because: 'not_found', code: 'not_found', detail: `there is no account ${id}` };
  return conflict('account_is_alias', `${id} is an alias of ${place.mergedInto}: name that account, or remove the alias`);
}
