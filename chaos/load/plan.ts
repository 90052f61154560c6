import type { SignalInput } from '@perennial/contracts/signal';
import { clients, groupClients, type ClientEvent, type ClientGroup } from '@perennial/testing/vendor-clients';
import type { Random } from '@perennial/testing/random';
import { hookEvents, type HookName } from './hook-events.js';

/** One thing a producer has to say, and the way it goes; what it says follows from the seed alone. */
export type Item = {
  readonly id: string;
  readonly accountId: string;
  /** The front door has to refuse it. */
  readonly refused?: boolean;
} & Way;

type Way =
  /** A SIGNAL, to `POST /api/v1/signals` or as a foreign producer's record. */
  | { readonly door: 'signals' | 'foreign'; readonly body: Readonly<Record<string, unknown>> }
  /** What a vendor's client was told. */
  | { readonly door: 'clients'; readonly client: string; readonly event: ClientEvent | ClientGroup }
  /** The payload of a business system's webhook. */
  | { readonly door: 'hooks'; readonly system: HookName; readonly payload: object };

export type Door = Item['door'];
export type ItemOf<D extends Door> = Item & { readonly door: D };

/** Id of the account with this number. */
export const accountOf = (n: number): string => `acc-${String(n).padStart(3, '0')}`;

export interface PlanOptions {
  readonly accounts: number;
  /** Uses per account; everything else is added to that. */
  readonly uses: number;
  readonly foreign: boolean;
  /** Some of them sign a time, and are refused by a clock that is minutes off. */
  readonly hooks: boolean;
  /** Things that lie too far ahead: moved back to their receipt, or refused. */
  readonly farFuture: boolean;
  /** Everything in one order of chance instead of nearly by time. */
  readonly shuffled: boolean;
  readonly now: Date;
}

const hour = 3_600_000;
const day = 24 * hour;
/** Everything happened within the last days: older things would be history that is being loaded. */
const span = 4 * day;
const persons = 6;
const clientNames = Object.keys(clients);
const groupClientNames = Object.keys(groupClients);

/** What the producers of one cell send: book of accounts with use, tickets, answers, people, contracts, goals; through every client, and by webhook. */
export function plan(random: Random, options: PlanOptions): Item[] {
  const start = options.now.getTime() - span;
  const writers = Array.from({ length: options.accounts }, (_, i) => new AccountWriter(accountOf(i), random, start, options));
  const items = writers.flatMap((writer) => writer.write());
  if (options.shuffled) return random.shuffled(items.map(({ item }) => item));
  // Nearly in the order of time: up to six hours are swapped.
  const sent = items.map((entry) => ({ ...entry, at: entry.at + random.next() * 6 * hour }));
  return sent.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

class AccountWriter {
  private readonly items: { at: number; item: Item }[] = [];

  constructor(
    private readonly accountId: string,
    private readonly random: Random,
    private readonly start: number,
    private readonly options: PlanOptions,
  ) {}

  write(): { at: number; item: Item }[] {
    const { random } = this;
    for (let person = 0; person < persons; person++) if (person % 2 === 0) this.group(this.person(person));
    for (let i = 0; i < this.options.uses; i++) this.use();
    for (const priority of ['urgent', 'high', 'normal'] as const) this.ticket(priority);
    for (let i = 0; i < 3; i++) this.signal({ kind: 'survey', personId: this.someone(), data: random.chance(0.3) ? { type: 'csat', score: random.between(1, 5) } : { type: random.pick(['nps', 'renewal_intent'] as const), score: random.between(0, 10) } });
    for (let i = 0; i < 3; i++) this.meeting();
    for (let i = 0; i < 2; i++) this.signal({ kind: 'license', data: { seatsBought: 20, seatsAssigned: random.between(2, 20) } });
    for (let i = 0; i < 2; i++) this.signal({ kind: 'pulse', data: { pulse: random.between(1, 5), reason: 'as seen' } });
    this.goal();
    this.contract();
    this.signal({ kind: 'invoice', data: { invoiceId: `${this.accountId}-i1`, status: random.pick(['due', 'paid', 'overdue'] as const), amountMinor: 100_000, currency: 'USD', dueOn: this.dayIn(-3) } });
    if (this.options.farFuture) this.farFuture();
    if (this.options.hooks) this.hooks();
    return this.items;
  }

  private group(user: string): void {
    const traits = { name: `${this.accountId} ${this.random.between(1, 9)}`, tier: this.random.pick(['low', 'mid', 'high']) };
    this.told(this.random.pick(groupClientNames), { ...this.event(user, 'group'), account: this.accountId, traits });
  }

  private use(): void {
    const { random } = this;
    const person = random.between(0, persons - 1);
    const userId = this.person(person);
    // Even people are known by their group call alone, before or after it.
    if (random.chance(0.6)) this.told(random.pick(clientNames), { ...this.event(userId, `use ${random.between(1, 5)}`), account: person % 2 === 0 ? null : this.accountId });
    else this.signal({ kind: 'usage', personId: userId, data: { event: 'use', quantity: random.between(1, 40) / 8 } });
  }

  private ticket(priority: 'urgent' | 'high' | 'normal'): void {
    const { random } = this;
    const ticketId = `${this.accountId}-${priority}`;
    const at = this.instant();
    this.signal({ kind: 'ticket', personId: this.someone(), data: { ticketId, status: 'opened', priority, complaint: random.chance(0.2) } }, at);
    if (random.chance(0.5)) this.signal({ kind: 'ticket', data: { ticketId, status: 'solved', priority } }, at + random.between(1, 20) * hour);
    if (random.chance(0.3)) this.signal({ kind: 'ticket', data: { ticketId, status: 'reopened', priority } }, at + random.between(2, 30) * hour);
  }

  private meeting(): void {
    const { random } = this;
    const attendees = [0, 1, 2].map((n) => ({ personId: this.person(n), role: random.pick(['champion', 'executive_sponsor', 'user'] as const) }));
    this.signal({ kind: 'engagement', data: { type: 'meeting', outcome: random.pick(['held', 'no_show'] as const), attendees } });
  }

  private goal(): void {
    this.signal({ kind: 'goal', data: { goalId: `${this.accountId}-g1`, name: 'Faster', metric: 'days', baseline: 20, target: 10, dueOn: this.dayIn(60), status: 'set' } });
    for (let i = 0; i < 2; i++) this.signal({ kind: 'metric', data: { metric: 'days', value: this.random.between(8, 20) } });
    this.signal({ kind: 'milestone', data: { milestoneId: `${this.accountId}-m1`, name: 'Go live', phase: 'onboarding', status: this.random.pick(['planned', 'achieved'] as const), dueOn: this.dayIn(this.random.between(-20, 20)) } });
  }

  private contract(): void {
    const { random } = this;
    const data = { contractId: `${this.accountId}-c1`, startsOn: this.dayIn(-200), endsOn: this.dayIn(165), arrMinor: random.between(1, 90) * 100_000, currency: 'USD' };
    this.signal({ kind: 'contract', data: { ...data, status: 'created' } }, this.start + hour);
    if (random.chance(0.6)) this.signal({ kind: 'contract', data: { ...data, status: 'cancel_scheduled' } }, this.start + random.between(10, 40) * hour);
    if (random.chance(0.3)) this.signal({ kind: 'contract', data: { ...data, status: 'cancel_withdrawn' } }, this.start + random.between(41, 90) * hour);
  }

  /** Beyond five minutes ahead the time is moved back to the receipt; beyond a year the item is refused. */
  private farFuture(): void {
    const now = this.options.now.getTime();
    this.signal({ kind: 'note', data: { text: 'of next month', author: 'chaos' } }, now + 30 * day);
    this.signal({ kind: 'usage', personId: this.person(1), data: { event: 'next week' } }, now + 7 * day);
    const id = this.nextId();
    this.items.push({ at: now, item: { id, accountId: this.accountId, door: 'signals', refused: true, body: { id, kind: 'usage', accountId: this.accountId, occurredAt: new Date(now + 800 * day).toISOString(), data: { event: 'in two years' } } } });
  }

  private hooks(): void {
    for (const { system, payloadOf } of hookEvents) {
      const [id, at] = [this.nextId(), this.instant()];
      const payload = payloadOf({ id, at, accountId: this.accountId, personId: this.someone(), random: this.random });
      this.items.push({ at, item: { id, accountId: this.accountId, door: 'hooks', system, payload } });
    }
  }

  private event(user: string, event: string): Omit<ClientEvent, 'account'> {
    const ms = this.instant();
    return { id: this.nextId(), event, iso: new Date(ms).toISOString(), ms, user };
  }

  private told(client: string, event: ClientEvent | ClientGroup): void {
    this.items.push({ at: event.ms, item: { id: event.id, accountId: this.accountId, door: 'clients', client, event } });
  }

  private nextId(): string {
    return `${this.accountId}-${this.items.length}`;
  }

  private signal(signal: Partial<SignalInput> & Pick<SignalInput, 'kind'>, at = this.instant()): void {
    const id = this.nextId();
    const occurredAt = new Date(this.options.farFuture ? at : Math.min(at, this.start + span - hour + this.items.length));
    const door = this.options.foreign && this.random.chance(0.4) ? 'foreign' : 'signals';
    this.items.push({ at, item: { id, accountId: this.accountId, door, body: { id, accountId: this.accountId, occurredAt: occurredAt.toISOString(), ...signal } } });
  }

  private person(n: number): string {
    return `${this.accountId}-user-${n}`;
  }

  private someone(): string {
    return this.person(this.random.between(0, persons - 1));
  }

  /** Some instant of the span, the last hour excepted. */
  private instant(): number {
    return this.start + Math.floor(this.random.next() * (span - hour));
  }

  private dayIn(days: number): string {
    return new Date(this.options.now.getTime() + days * day).toISOString().slice(0, 10);
  }
}
