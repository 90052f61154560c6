import type { Account } from './account.js';

/** An account or alias that leads to another account. */
export interface FamilyMember {
  readonly account: Account;
  /** The account it was merged into or is an alias of; not always where it leads to in the end. */
  readonly mergedInto: string;
  readonly isAlias: boolean;
}

/** Fields that say where an account itself stands, which no merged account may say for it. */
const ownFields: readonly string[] = ['parentId'];

/**
 * A family of accounts as the one account it is: the account's own word, with that of its aliases, the latest per
 * field; where those say nothing, the latest word of the accounts that were merged into it. Nothing is written
 * back, so each member is again what it was once it leaves.
 */
export function asOne(root: Account, members: readonly FamilyMember[]): Account {
  if (members.length === 0) return root;
  const aliases = members.filter(({ isAlias, mergedInto }) => isAlias && mergedInto === root.id);
  const others = members.filter((member) => !aliases.includes(member));
  const own = aliases.reduce((account, alias) => take(account, alias.account, (field, stamp) => stamp > (account.stamps[field] ?? '')), root);
  const merged = others.reduce<Account | null>((latest, { account }) => (latest === null ? account : take(latest, account, (field, stamp) => stamp > (latest.stamps[field] ?? ''))), null);
  const filled = merged === null ? own : take(own, merged, (field) => !Object.hasOwn(own.stamps, field) && !ownFields.includes(field));
  return { ...filled, createdAt: Math.min(root.createdAt, ...members.map(({ account }) => account.createdAt)) };
}

/** Every other id under which signals reach the account, sorted. */
export function aliasesOf(members: readonly FamilyMember[]): string[] {
  return members.map(({ account }) => account.id).sort();
}

/** `account` with the fields and traits of `other` that are `wanted`. */
function take(account: Account, other: Account, wanted: (field: string, stamp: string) => boolean): Account {
  const values: Record<string, unknown> = {};
  const stamps: Record<string, string> = {};
  const traits = new Map(Object.entries(account.traits));
  for (const [field, stamp] of Object.entries(other.stamps)) {
    if (!wanted(field, stamp)) continue;
    stamps[field] = stamp;
    if (!field.startsWith('traits.')) values[field] = other[field as keyof Account];
    else setTrait(traits, field.slice('traits.'.length), other.traits);
  }
  return Object.keys(stamps).length === 0 ? account : { ...account, ...values, traits: Object.fromEntries(traits), stamps: { ...account.stamps, ...stamps } };
}

function setTrait(traits: Map<string, unknown>, name: string, given: Account['traits']): void {
  if (Object.hasOwn(given, name)) traits.set(name, given[name]);
  else traits.delete(name);
}
