/** One key under which somebody is known: a user id, `email:..` or `anonymous:..`. */
export interface Identity {
  readonly key: string;
  /** The key this one is another name of; null: it stands for itself. */
  aliasOf: string | null;
  /** The account the person was last seen to belong to. */
  accountId: string | null;
  /** Signals that wait for an account. */
  waiting: number;
  /** Last mail address told, for the list of people without account. */
  email: string | null;
}

/** The identities one chunk touches, in the order its events arrived: identity follows arrival, not event time. */
export class IdentityMap {
  private readonly byKey: Map<string, Identity>;
  private readonly touched = new Set<Identity>();
  private readonly joined: { from: string; to: string }[] = [];

  constructor(identities: readonly Identity[]) {
    this.byKey = new Map(identities.map((identity) => [identity.key, identity]));
  }

  /** The row a key stands for after all joins. Throws when it was not loaded: that is a defect. */
  of(key: string): Identity {
    let identity = this.loaded(key);
    while (identity.aliasOf !== null) identity = this.loaded(identity.aliasOf);
    return identity;
  }

  /**
   * Makes `from` another name of `to`. A key that already is somebody's other name stays it: two people
   * who share a browser are not one.
   */
  join(from: string, to: string): void {
    const former = this.loaded(from);
    const person = this.of(to);
    if (former.aliasOf !== null || former === person) return;
    former.aliasOf = person.key;
    person.accountId ??= former.accountId;
    person.email ??= former.email;
    person.waiting += former.waiting;
    former.waiting = 0;
    this.joined.push({ from, to: person.key });
    this.touched.add(former).add(person);
  }

  assign(identity: Identity, accountId: string): void {
    if (identity.accountId === accountId) return;
    identity.accountId = accountId;
    this.touched.add(identity);
  }

  park(identity: Identity): void {
    this.wait(identity, 1);
  }

  /** So many signals more wait for the person's account; negative: fewer. */
  wait(identity: Identity, signals: number): void {
    identity.waiting = Math.max(0, identity.waiting + signals);
    this.touched.add(identity);
  }

  tellEmail(identity: Identity, email: string): void {
    if (identity.email === email) return;
    identity.email = email;
    this.touched.add(identity);
  }

  changed(): Identity[] {
    return [...this.touched];
  }

  /** Keys that became another name, each with the row it stands for in the end: `to` may have been joined later. */
  joins(): readonly { readonly from: string; readonly to: string }[] {
    return this.joined.map(({ from, to }) => ({ from, to: this.of(to).key }));
  }

  /** Keys of people who got an account while signals wait for them. */
  toReplay(): string[] {
    return [...this.touched].filter((identity) => identity.aliasOf === null && identity.accountId !== null && identity.waiting > 0).map((identity) => identity.key);
  }

  private loaded(key: string): Identity {
    const identity = this.byKey.get(key);
    if (!identity) throw new Error('an identity of this chunk was not loaded');
    return identity;
  }
}
