/** An account that somebody unknown may belong to, for a person to confirm: nothing follows from it by itself. */
export interface Suggestion {
  readonly accountId: string;
  /** `same_people`: people known there are known here too. `email_domain`: most people of the mail domain are there. */
  readonly because: 'same_people' | 'email_domain';
  /** People it rests on. */
  readonly people: number;
  /** Share of these among all people looked at, 0 to 1: a domain that everybody has suggests little. */
  readonly share: number;
}
