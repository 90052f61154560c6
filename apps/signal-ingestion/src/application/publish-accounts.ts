import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { accountsTopic } from '@perennial/contracts/topics';
import { Outbox, type Cause } from '@perennial/messaging/outbox';
import type { Transaction } from '@perennial/persistence/transaction';
import canonicalize from 'canonicalize';
import { stateOf, type Account } from '../domain/account.js';
import { aliasesOf, asOne, type FamilyMember } from '../domain/account-family.js';
import type { Contact } from '../domain/contact.js';
import { stakeholdersOf } from '../domain/stakeholders.js';
import { AccountStore, type Relative } from './account-store.js';
import { IdentityStore } from './identity-store.js';

/** An account to publish and what changed it. */
export interface ChangedAccount {
  readonly account: Account;
  readonly cause: Cause | undefined;
}

/** The account that a family is to others, and those of its members that changed. */
interface Family {
  readonly root: Account;
  readonly members: (FamilyMember & { readonly cause: Cause | undefined; readonly changed: boolean })[];
  cause: Cause | undefined;
}

/** Saves accounts and puts their whole state on `accounts`, where it differs from what was published last. */
@Injectable()
export class PublishAccounts {
  constructor(
    private readonly accounts: AccountStore,
    private readonly identities: IdentityStore,
    private readonly outbox: Outbox,
  ) {}

  /** The accounts and those they lead to are locked, and their contacts saved. What leads to another account changes that one too. */
  async publish(tx: Transaction, changed: readonly ChangedAccount[], now: Date): Promise<void> {
    if (changed.length === 0) return;
    const ids = changed.map(({ account }) => account.id);
    const [relatives, own] = await Promise.all([this.accounts.relatives(tx, ids), this.accounts.stakeholders(tx, ids)]);
    const families = familiesOf(changed, relatives);
    const merged = await this.identities.merged(tx, own.map(({ personId }) => personId));
    const contacts = Map.groupBy(relatives.length === 0 && merged.size === 0 ? own : await this.contactsOf(tx, families, own), (contact) => contact.accountId);

    const states = families.flatMap(({ root, members, cause }) => {
      const whole = stateOf(asOne(root, members), { aliases: aliasesOf(members), mergedInto: null }, stakeholdersOf(idsOf({ root, members }).flatMap((id) => contacts.get(id) ?? [])));
      // What a merged account says of itself stays to be seen; its people are at the account it leads to.
      const merged = members.filter((member) => member.changed && !member.isAlias);
      return [{ data: whole, cause }, ...merged.map((member) => ({ data: stateOf(member.account, { aliases: [], mergedInto: member.mergedInto }, []), cause: member.cause }))];
    });
    const drafts = states.map(({ data, cause }) => {
      const fingerprint = createHash('sha256').update(canonicalize(data) ?? '').digest('base64');
      return { type: 'perennial.account.changed.v1' as const, key: data.id, data, time: now, cause, fingerprint };
    });
    const versions = new Map((await this.outbox.publish(tx, accountsTopic, drafts)).map((version, at) => [drafts[at]?.key, version]));
    const touched = families.flatMap(({ root, members }) => [root, ...members.filter((member) => member.changed).map(({ account }) => account)]);
    await this.accounts.save(tx, touched.map((account) => ({ account, version: versions.get(account.id) ?? null })));
  }

  /** All that the members of a family know, under any id, of those who are a stakeholder to one of them: elsewhere it may have been heard later that they are none. */
  private async contactsOf(tx: Transaction, families: readonly Family[], known: readonly Contact[]): Promise<Contact[]> {
    const loaded = new Set(known.map(({ accountId }) => accountId));
    const all = [...known, ...(await this.accounts.stakeholders(tx, families.flatMap(idsOf).filter((id) => !loaded.has(id))))];
    const merged = await this.identities.merged(tx, all.map(({ personId }) => personId));
    const namesOf = Map.groupBy(merged, ([, root]) => root);
    const people = Map.groupBy(all, ({ accountId }) => accountId);
    const keys = families.flatMap((family) => {
      const members = idsOf(family);
      const roots = new Set(members.flatMap((id) => (people.get(id) ?? []).map(({ personId }) => merged.get(personId) ?? personId)));
      const names = [...roots].flatMap((root) => [root, ...(namesOf.get(root) ?? []).map(([name]) => name)]);
      return members.flatMap((accountId) => names.map((personId) => ({ accountId, personId })));
    });
    return (await this.accounts.contacts(tx, keys)).map((contact) => ({ ...contact, personId: merged.get(contact.personId) ?? contact.personId }));
  }
}

const idsOf = ({ root, members }: Pick<Family, 'root' | 'members'>): string[] => [root.id, ...members.map(({ account }) => account.id)];

/** `relatives` holds whoever leads to another account, and the accounts led to that did not change themselves. */
function familiesOf(changed: readonly ChangedAccount[], relatives: readonly Relative[]): Family[] {
  const byId = new Map(changed.map((one) => [one.account.id, one]));
  const families = new Map<string, Family>();
  const leading = new Set(relatives.filter(({ account, root }) => account.id !== root).map(({ account }) => account.id));
  for (const { account, root } of relatives) if (account.id === root) families.set(root, { root: account, members: [], cause: undefined });
  for (const { account, cause } of changed) if (!leading.has(account.id)) families.set(account.id, { root: account, members: [], cause });
  for (const { account, root, mergedInto, isAlias } of relatives) {
    const family = families.get(root);
    if (!family || account.id === root || mergedInto === null) continue;
    const own = byId.get(account.id);
    family.cause ??= own?.cause;
    family.members.push({ account: own?.account ?? account, mergedInto, isAlias, cause: own?.cause, changed: own !== undefined });
  }
  return [...families.values()];
}
