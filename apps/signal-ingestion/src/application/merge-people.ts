import { Injectable } from '@nestjs/common';
import type { Transaction } from '@perennial/persistence/transaction';
import { Clock } from '@perennial/service-kit/clock';
import { IdentityMap } from '../domain/identity-map.js';
import { AccountTree } from './account-tree.js';
import { IdentityStore } from './identity-store.js';
import { MergeHistory, type Decision } from './merge-history.js';
import { PeopleStore, type PersonDetail } from './people-store.js';
import type { RefusedCall } from './refused-call.js';
import { RegroupAccounts } from './regroup-accounts.js';

/**
 * Makes one person of two, and two again. As with accounts nothing is rewritten: messages and contacts keep the person
 * they named. Every account that knows one of them is told again.
 */
@Injectable()
export class MergePeople {
  constructor(
    private readonly people: PeopleStore,
    private readonly tree: AccountTree,
    private readonly identities: IdentityStore,
    private readonly history: MergeHistory,
    private readonly regroup: RegroupAccounts,
    private readonly clock: Clock,
  ) {}

  /** The same again changes nothing. Who has no account comes to that of the other one, and stays there after an unmerge. */
  async merge(tx: Transaction, id: string, into: string, decision: Decision): Promise<RefusedCall | null> {
    await this.tree.hold(tx);
    const [from, target] = [await this.people.find(tx, id), await this.people.find(tx, into)];
    if (!from) return noPerson(id);
    if (!target) return noPerson(into);
    if (from.mergedInto === target.key && from.key !== target.key) return null;
    if (from.mergedInto !== null) return conflict('already_merged', `${id} is merged into ${from.mergedInto}: unmerge them first`);
    if (target.id === from.key) return conflict('merge_cycle', from.key === target.key ? 'these are two names of one person already' : `${into} is merged into ${id} already: unmerge them first, or merge the other way round`);
    if (target.mergedInto !== null) return conflict('target_is_merged', `${into} is merged: merge into ${target.id}`);
    const homes = new Map([[from.key, homeOf(from) ?? homeOf(target)], [target.key, homeOf(target) ?? homeOf(from)]]);
    if ([...homes.values()].includes(null)) return conflict('no_account', 'neither of them has an account: assign one of them first');

    const map = new IdentityMap(await this.identities.lock(tx, [from.key, target.key].sort(), this.clock.now()));
    if ([from.key, target.key].some((key) => map.of(key).key !== key)) return conflict('identity_changed', 'one of them was joined with somebody at this very moment: look again, then ask again');
    for (const [key, home] of homes) if (home !== null && map.of(key).accountId === null) map.assign(map.of(key), home);
    await this.identities.save(tx, map, this.clock.now());
    await this.history.add(tx, 'person', from.key, target.key, decision);
    await this.identities.lead(tx, from.key, target.key);
    await this.regroup.tell(tx, await this.tree.roots(tx, accountsOf(from, target)), `people were merged: ${decision.reason}`);
    return null;
  }

  /** They are two people again. The same again changes nothing. */
  async unmerge(tx: Transaction, id: string, decision: Decision): Promise<RefusedCall | null> {
    await this.tree.hold(tx);
    const from = await this.people.find(tx, id);
    if (!from) return noPerson(id);
    if (from.mergedInto === null) return null;
    await this.identities.lock(tx, [from.key], this.clock.now());
    await this.history.end(tx, 'person', from.key, decision);
    await this.identities.lead(tx, from.key, null);
    await this.regroup.tell(tx, await this.tree.roots(tx, accountsOf(from, from)), `people were unmerged: ${decision.reason}`);
    return null;
  }
}

/** Where signals of theirs are that name no account; of somebody whom only meetings named, the first account that did. */
const homeOf = ({ namedAccountId, accounts }: PersonDetail): string | null => namedAccountId ?? accounts[0]?.accountId ?? null;

/** Every account that knows one of the two. */
function accountsOf(one: PersonDetail, other: PersonDetail): string[] {
  return [...new Set([...one.accounts, ...other.accounts].map(({ accountId }) => accountId).concat(homeOf(one) ?? [], homeOf(other) ?? []))];
}

const conflict = (code: string, detail: string): RefusedCall => ({ because: 'conflict', code, detail });
const noPerson = (id: string): RefusedCall => ({ because: 'not_found', code: 'not_found', detail: `there is no person ${id}` });
