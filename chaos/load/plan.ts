import type { SignalInput } from '@perennial/contracts/signal';
import type { Random } from '../random.js';

export type Door = 'segment' | 'signals' | 'foreign';

/** One thing a producer has to say; what it says follows from the seed alone. */
export interface Item {
  readonly id: string;
  readonly accountId: string;
  readonly door: Door;
  /** A Segment call (`segment`), else a SIGNAL. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The front door has to refuse it. */
  readonly refused?: boolean;
}

export interface PlanOptions {
  readonly accounts: number;
  /** Uses per account; everything else is added to that. */
  readonly uses: number;
  readonly foreign: boolean;
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

/** What the producers of one cell send: book of accounts with use, tickets, answers, people, contracts, goals. */
export function plan(random: Random, options: PlanOptions): Item[] {
  const start = options.now.getTime() - span;
  const writers = Array.from({ length: options.accounts }, (_, i) => new AccountWriter(`acc-${String(i).padStart(3, '0')}`, random, start, options));
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
    return this.items;
  }

  private group(userId: string): void {
    this.segment({ type: 'group', userId, groupId: this.accountId, traits: { name: `${this.accountId} ${this.random.between(1, 9)}`, tier: this.random.pick(['low', 'mid', 'high']) } });
  }

  private use(): void {
    const { random } = this;
    const person = random.between(0, persons - 1);
    const userId = this.person(person);
    // Even people are known by their group call alone, before or after it.
    if (random.chance(0.6)) this.segment({ type: 'track', userId, event: `use ${random.between(1, 5)}`, ...(person % 2 === 0 ? {} : { context: { groupId: this.accountId } }) });
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
    const id = `${this.accountId}-${this.items.length}`;
    this.items.push({ at: now, item: { id, accountId: this.accountId, door: 'signals', refused: true, body: { id, kind: 'usage', accountId: this.accountId, occurredAt: new Date(now + 800 * day).toISOString(), data: { event: 'in two years' } } } });
  }

  private segment(call: Record<string, unknown>): void {
    const at = this.instant();
    const messageId = `${this.accountId}-${this.items.length}`;
    this.items.push({ at, item: { id: messageId, accountId: this.accountId, door: 'segment', body: { messageId, timestamp: new Date(at).toISOString(), ...call } } });
  }

  private signal(signal: Partial<SignalInput> & Pick<SignalInput, 'kind'>, at = this.instant()): void {
    const id = `${this.accountId}-${this.items.length}`;
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
