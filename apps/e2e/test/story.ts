import { dayAfter, daysAfter } from './system.js';

type Json = Record<string, unknown>;

/** What happens to one account, told in days from 00:00 of the day that `start` lies in (a fraction is a time of day). */
export class Story {
  readonly signals: Json[] = [];

  constructor(
    readonly accountId: string,
    private readonly start: Date,
  ) {}

  /** The ISO day. */
  day(day: number): string {
    return dayAfter(this.start, day);
  }

  at(day: number): string {
    return daysAfter(`${this.day(0)}T00:00:00Z`, day);
  }

  tell(day: number, kind: string, data: Json, personId?: string): this {
    this.signals.push({ id: `${this.accountId}-${this.signals.length}`, kind, accountId: this.accountId, ...(personId === undefined ? {} : { personId: this.person(personId) }), occurredAt: this.at(day), data });
    return this;
  }

  /** Ids of people are the account's own. */
  person(name: string): string {
    return `${this.accountId}-${name}`;
  }

  contract(from: number, to: number | null, more: Json = {}): this {
    return this.tell(from, 'contract', { contractId: `${this.accountId}-c`, status: 'created', startsOn: this.day(from), endsOn: to === null ? null : this.day(to), arrMinor: 1_000_000, currency: 'USD', ...more });
  }

  roles(day: number, roles: Readonly<Record<string, string>>): this {
    for (const [name, role] of Object.entries(roles)) this.tell(day, 'person', { change: 'created', name, title: 'Head', company: 'Customer', roles: [role] }, name);
    return this;
  }

  meeting(day: number, ...names: string[]): this {
    return this.tell(day, 'engagement', { type: 'meeting', outcome: 'held', attendees: names.map((name) => ({ personId: this.person(name) })) });
  }

  /** `quantity` of use on each `step`th day of [from, to], by the people named or by nobody in particular. */
  use(from: number, to: number, quantity: number, { names = [undefined], step = 1, feature }: { names?: readonly (string | undefined)[]; step?: number; feature?: string } = {}): this {
    for (let day = from; day <= to; day += step) for (const name of names) this.tell(day + 0.3, 'usage', { event: 'used', quantity, ...(feature === undefined ? {} : { feature }) }, name);
    return this;
  }
}
