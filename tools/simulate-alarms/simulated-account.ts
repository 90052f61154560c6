import type { Signal, SignalData, SignalKind } from '@perennial/contracts/signal';
import { applyAccount, applySignal, initialState } from '@perennial/health-scoring/domain/account-health';
import { markActive } from '@perennial/health-scoring/domain/contacts/change-contact';
import type { AccountHealthState } from '@perennial/health-scoring/domain/state';
import { dayMs, isoDay, isoInstant, startOf, type EpochDay } from '@perennial/health-scoring/domain/time/day';
import type { Chance } from './chance.js';

/** What a day does to everybody's use; 1 on an ordinary day. */
export type Calendar = (day: EpochDay) => number;
export const ordinary: Calendar = () => 1;
/** From 22 December to 4 January about a fifth of the usual work is done. */
export const christmas: Calendar = (day) => {
  const date = isoDay(day).slice(5);
  return date >= '12-22' || date <= '01-04' ? 0.2 : 1;
};

const activeShare = 0.7;
const weekendShare = 0.1;
const ticketsPerContactWeek = 0.05;
const leastTicketsPerWeek = 0.5;
const meetingsPerDay = 0.12;
/** Two fortnights of leave a year, each contact for itself. */
const leaveDays = 14;
const leaveEveryDays = 182;
/** Projects come and go: the whole account's use differs from week to week by about this share. */
const weekSpread = 0.1;

/** Who works there. */
export interface Staff {
  /** One of them has the role of a power user. */
  readonly hasPowerUser: boolean;
  /** Share of the people who go within a year, a new one in the place of each. */
  readonly turnover: number;
  /** How much people differ in the number of days on which they use the product; 0: not at all. */
  readonly presenceSpread: number;
}
const alike: Staff = { hasPowerUser: true, turnover: 0, presenceSpread: 0 };

interface Person {
  readonly id: string;
  /** Share of the working days on which there is use. */
  readonly presence: number;
  /** Events on a day of work. */
  readonly rate: number;
  readonly leaveFrom: number;
}

/** A customer that works as it always does: people with their own pace, weekends, leave, tickets and meetings by chance. */
export class SimulatedAccount {
  readonly state: AccountHealthState;
  private people: Person[];
  private hired = 0;
  private readonly pace: number;
  private week = { index: NaN, factor: 1 };
  /** How much of a common quiet time shows here: some work on, some close. */
  private readonly quiet: number;
  private tickets = 0;
  private numbered = 0;

  constructor(
    readonly id: string,
    contacts: number,
    private readonly chance: Chance,
    firstDay: EpochDay,
    private readonly staff: Staff = alike,
  ) {
    this.state = initialState(id);
    this.people = Array.from({ length: contacts }, () => this.newPerson());
    this.quiet = Math.max(0, 1 + 0.35 * chance.normal());
    this.pace = Math.exp(0.3 * chance.normal());
    applyAccount(this.state, {
      id, name: id, segment: null, tier: 'mid', region: null, country: null, timeZone: null, lifecycleStage: null, ownerId: null, parentId: null, aliases: [],
      mergedInto: null, goLive: null, traits: {}, createdAt: isoInstant(startOf(firstDay)), stakeholders: [], version: 1,
    });
    this.say(firstDay, 'person', { change: 'created', roles: ['executive_sponsor', 'champion', ...(staff.hasPowerUser ? (['power_user'] as const) : [])] }, 'u0');
    this.say(firstDay, 'license', { seatsBought: contacts, seatsAssigned: contacts });
  }

  private newPerson(): Person {
    const { chance, staff } = this;
    const person = { id: `u${this.hired}`, rate: 4 * Math.exp(0.6 * chance.normal()), leaveFrom: Math.floor(chance.next() * leaveEveryDays) };
    this.hired += 1;
    const presence = staff.presenceSpread === 0 ? activeShare : Math.min(0.98, activeShare * Math.exp(staff.presenceSpread * (chance.normal() - 1)));
    return { ...person, presence };
  }

  /** Of the tenth of the people who are there on most days this share goes, and twice as many new ones come. */
  loseHeaviest(share: number): void {
    const ranked = [...this.people].sort((a, b) => b.presence - a.presence);
    const gone = ranked.slice(0, Math.round((share * ranked.length) / 10));
    this.people = [...this.people.filter((person) => !gone.includes(person)), ...Array.from({ length: 2 * gone.length }, () => this.newPerson())];
  }

  /** Lives through `day`, on which everybody does `common` of the usual, and this account `own` of that. */
  live(day: EpochDay, common: number, own: number): void {
    const share = own * Math.min(1, Math.max(0, 1 - (1 - common) * this.quiet));
    const { chance } = this;
    const weekday = (((day + 3) % 7) + 7) % 7;
    const index = Math.floor((day + 3) / 7);
    if (index !== this.week.index) this.week = { index, factor: Math.exp(weekSpread * chance.normal()) };
    const busy = share * (weekday < 5 ? 1 : weekendShare);
    let mean = 0;
    if (this.staff.turnover > 0) this.people = this.people.map((person) => (chance.next() < this.staff.turnover / 365 ? this.newPerson() : person));
    for (const person of this.people) {
      const onLeave = (((day - person.leaveFrom) % leaveEveryDays) + leaveEveryDays) % leaveEveryDays < leaveDays;
      // Less use is in part fewer people, in part fewer events by each.
      if (onLeave || chance.next() >= person.presence * Math.sqrt(busy)) continue;
      mean += (person.rate * Math.sqrt(busy)) / person.presence;
      markActive(this.state, person.id, day, null, undefined);
    }
    const events = chance.poisson(mean * this.pace * this.week.factor);
    if (events > 0) this.say(day, 'usage', { event: 'used', quantity: events });
    const tickets = chance.poisson((Math.max(leastTicketsPerWeek, ticketsPerContactWeek * this.people.length) / 5) * (weekday < 5 ? share : 0));
    for (let i = 0; i < tickets; i += 1) {
      const ticketId = `t${(this.tickets += 1)}`;
      this.say(day, 'ticket', { ticketId, status: 'opened', priority: 'normal' });
      this.say(day + 1 + Math.floor(4 * chance.next()), 'ticket', { ticketId, status: 'solved', priority: 'normal' });
    }
    if (chance.next() < meetingsPerDay) this.say(day, 'engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: 'u0' }, { personId: `u${1 + Math.floor(chance.next() * 4)}` }] });
  }

  private say<K extends SignalKind>(day: EpochDay, kind: K, data: SignalData[K], personId: string | null = null): void {
    const at = isoInstant(startOf(day) + 0.4 * dayMs);
    this.numbered += 1;
    applySignal(this.state, { id: `${this.id}-${this.numbered}`, kind, accountId: this.id, personId, occurredAt: at, receivedAt: at, sourceId: 's', product: null, clamped: false, data, version: this.numbered } as Signal);
  }
}
