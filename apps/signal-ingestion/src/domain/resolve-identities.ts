import type { Arrival, Resolved } from './arrival.js';
import type { IdentityMap } from './identity-map.js';

/** Every identity key a chunk needs, sorted: rows are locked in one order. */
export function keysOf(arrivals: readonly Arrival[]): string[] {
  const keys = new Set<string>();
  for (const { meaning } of arrivals) {
    if (meaning.person !== null) keys.add(meaning.person);
    if (meaning.anonymous !== null) keys.add(meaning.anonymous);
    for (const key of meaning.formerly) keys.add(key);
  }
  return [...keys].sort();
}

/**
 * Says whom and which account each arrival is about, in order: an account it names itself, else the one
 * its person was last seen at. Notes new links between keys and accounts, and who waits for one, in `identities`.
 */
export function resolveIdentities(arrivals: readonly Arrival[], identities: IdentityMap): Resolved[] {
  return arrivals.map((arrival) => {
    const { meaning } = arrival;
    const subject = meaning.person ?? meaning.anonymous;
    if (subject === null) return { arrival, personKey: null, accountId: meaning.accountId, joinsAccount: false };
    if (meaning.person !== null) {
      for (const former of [...(meaning.anonymous === null ? [] : [meaning.anonymous]), ...meaning.formerly]) identities.join(former, meaning.person);
    }
    const person = identities.of(subject);
    const email = meaning.signal?.kind === 'person' ? meaning.signal.data.email : undefined;
    if (email !== undefined) identities.tellEmail(person, email);
    const moves = meaning.accountId !== null && (meaning.movesPerson === undefined || (meaning.movesPerson === 'if_unplaced' && person.accountId === null));
    const joinsAccount = moves && meaning.accountId !== person.accountId;
    if (moves && meaning.accountId !== null) identities.assign(person, meaning.accountId);
    if ((meaning.accountId ?? person.accountId) === null && meaning.signal !== null) identities.park(person);
    return { arrival, personKey: person.key, accountId: meaning.accountId ?? person.accountId, joinsAccount };
  });
}
