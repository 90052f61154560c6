import type { SignalData, SignalInput, SignalKind } from '@perennial/contracts/signal';
import { historyDays, personId, type AccountProfile } from './account-profile.js';
import { at, daysBefore, isWorkday, monthEnd, monthStart, weekdayOf, workdayBefore } from './book-calendar.js';
import { seededRandom } from './seeded-random.js';

/** People do more in the middle of the week. */
const weekdayShare = [0.95, 1.1, 1.1, 1.05, 0.8];
const currency = 'USD';

/** What an account's systems would have said over four months, as signals: the same for the same day. */
export function historyOf(account: AccountProfile, today: string): SignalInput[] {
  return new History(account, today).signals();
}

class History {
  private readonly random: () => number;
  private readonly told: SignalInput[] = [];
  private readonly numbers = new Map<string, number>();
  /** Nobody tells of an account's people and seats before it is a customer. */
  private readonly knownForDays: number;

  constructor(
    private readonly account: AccountProfile,
    private readonly today: string,
  ) {
    this.random = seededRandom(account.id);
    this.knownForDays = Math.min(historyDays, (account.usage?.firstSeenDaysAgo ?? historyDays) + 2);
  }

  signals(): SignalInput[] {
    this.contracts();
    this.seats();
    this.people();
    this.usage();
    this.touches();
    this.value();
    this.voices();
    this.support();
    return this.told;
  }

  private contracts(): void {
    const { arr, termMonths, endsInMonths, noticeDays, autoRenew, news } = this.account.contract;
    const terms = arr.map((dollars, i) => {
      const end = endsInMonths - (arr.length - 1 - i) * termMonths;
      return { dollars, startsOn: monthStart(this.today, end - termMonths + 1), endsOn: monthEnd(this.today, end) };
    });
    const entry = (status: SignalData['contract']['status'], term: (typeof terms)[number], day: string, reason?: string): void =>
      this.tell('contract', at(day, 9), 'crm', {
        contractId: `${this.account.id}-master`, status, startsOn: term.startsOn, endsOn: term.endsOn, arrMinor: term.dollars * 100, currency,
        seats: this.account.seats.bought, noticeDays, autoRenew, ...(reason === undefined ? {} : { reason }),
      });
    terms.forEach((term, i) => entry(i === 0 ? 'created' : 'renewed', term, daysBefore(term.startsOn, 14)));
    const running = terms.at(-1);
    if (news && running) entry(news.status, running, workdayBefore(this.today, news.daysAgo), news.reason);
    for (const { dueDaysAgo, amount, paid } of this.account.invoices) {
      const dueOn = daysBefore(this.today, dueDaysAgo);
      const invoice = { invoiceId: `${this.account.id}-${dueOn}`, amountMinor: amount * 100, currency, dueOn };
      this.tell('invoice', at(daysBefore(dueOn, 30), 6), 'billing', { ...invoice, status: 'due' });
      this.tell('invoice', at(daysBefore(dueOn, paid ? 3 : -1), 6), 'billing', { ...invoice, status: paid ? 'paid' : 'overdue' });
    }
  }

  private seats(): void {
    const { bought, assigned } = this.account.seats;
    this.tell('license', at(workdayBefore(this.today, this.knownForDays), 9), 'admin', { seatsBought: bought, ...(assigned === undefined ? {} : { seatsAssigned: assigned }) });
  }

  private people(): void {
    this.account.people.forEach(({ name, title, roles }, i) => {
      const email = `${name.toLowerCase().replace(/[^a-z]+/g, '.')}@${this.account.id}.example`;
      this.tell('person', at(workdayBefore(this.today, this.knownForDays), 8, i), 'crm', { change: 'created', name, title, email, roles: [...roles], company: this.account.record.name }, i);
    });
    for (const { of, daysAgo, change, company } of this.account.peopleNews) this.tell('person', at(workdayBefore(this.today, daysAgo), 8), 'crm', { change, ...(company === undefined ? {} : { company }) }, of);
  }

  private usage(): void {
    const { usage } = this.account;
    if (!usage) return;
    const { events, perWorkday, change, lastSeenDaysAgo = 1, firstSeenDaysAgo = historyDays } = usage;
    for (let daysAgo = firstSeenDaysAgo; daysAgo >= lastSeenDaysAgo; daysAgo -= 1) {
      const day = daysBefore(this.today, daysAgo);
      if (!isWorkday(day)) continue;
      const level = perWorkday * (weekdayShare[weekdayOf(day)] ?? 1) * (change !== undefined && daysAgo <= change.daysAgo ? change.factor : 1);
      this.account.people.forEach((person, i) => {
        if (!person.usesIt) return;
        const quantity = Math.round(level * (0.8 + 0.4 * this.random()));
        const event = events[Math.floor(this.random() * events.length)] ?? 'Used';
        if (quantity > 0) this.tell('usage', at(day, 8 + Math.floor(this.random() * 9), Math.floor(this.random() * 60)), 'app', { event, quantity }, i);
      });
    }
  }

  private touches(): void {
    const { everyDays, lastDaysAgo, reviewsDaysAgo } = this.account.touches;
    const { people } = this.account;
    const meet = (daysAgo: number, type: 'meeting' | 'call' | 'qbr', who: readonly number[]): void =>
      this.tell('engagement', at(workdayBefore(this.today, daysAgo), 13), 'calendar', {
        type, outcome: 'held', direction: 'outbound', attendees: [...new Set(who)].map((i) => ({ personId: personId(this.account, i) })),
      });
    // The sponsor comes to business reviews; the others are met in turn.
    const others = people.flatMap((person, i) => (person.roles.includes('executive_sponsor') && people.length > 1 ? [] : [i]));
    for (let daysAgo = lastDaysAgo, turn = 0; everyDays > 0 && daysAgo < historyDays; daysAgo += everyDays, turn += 1) {
      meet(daysAgo, turn % 2 === 0 ? 'call' : 'meeting', [others[turn % others.length] ?? 0, others[(turn + 1) % others.length] ?? 0]);
    }
    for (const daysAgo of reviewsDaysAgo) meet(daysAgo, 'qbr', people.map((_, i) => i));
  }

  private value(): void {
    this.account.goals.forEach(({ name, metric, baseline, target, startedDaysAgo, dueDaysAgo, reached }, i) => {
      const goal = { goalId: `${this.account.id}-goal-${i + 1}`, name, metric, baseline, target, startsOn: daysBefore(this.today, startedDaysAgo), dueOn: daysBefore(this.today, dueDaysAgo) };
      this.tell('goal', at(workdayBefore(this.today, startedDaysAgo), 10), 'crm', { ...goal, status: 'set' });
      if (reached) this.tell('metric', at(workdayBefore(this.today, reached.daysAgo), 6), 'app', { metric, value: reached.value });
    });
    this.account.milestones.forEach(({ name, phase, dueDaysAgo, achievedDaysAgo }, i) => {
      const milestone = { milestoneId: `${this.account.id}-milestone-${i + 1}`, name, phase, dueOn: daysBefore(this.today, dueDaysAgo) };
      this.tell('milestone', at(daysBefore(milestone.dueOn, 45), 10), 'crm', { ...milestone, status: 'planned' });
      if (achievedDaysAgo !== undefined) this.tell('milestone', at(workdayBefore(this.today, achievedDaysAgo), 15), 'crm', { ...milestone, status: 'achieved' });
    });
  }

  private voices(): void {
    for (const { by, type, score, daysAgo, comment } of this.account.surveys) {
      this.tell('survey', at(workdayBefore(this.today, daysAgo), 11), 'surveys', { type, score, ...(comment === undefined ? {} : { comment }) }, by);
    }
    const { pulse } = this.account;
    if (pulse) this.tell('pulse', at(workdayBefore(this.today, pulse.daysAgo), 16), 'crm', { pulse: pulse.pulse, reason: pulse.reason });
  }

  private support(): void {
    this.account.tickets.forEach(({ subject, priority, openedDaysAgo, solvedDaysAgo }, i) => {
      const ticket = { ticketId: `${this.account.id.slice(0, 3).toUpperCase()}-${100 + i}`, priority, subject };
      this.tell('ticket', at(workdayBefore(this.today, openedDaysAgo), 9, 30), 'helpdesk', { ...ticket, status: 'opened' }, i % this.account.people.length);
      if (solvedDaysAgo !== undefined) this.tell('ticket', at(workdayBefore(this.today, solvedDaysAgo), 16, 30), 'helpdesk', { ...ticket, status: 'solved' }, i % this.account.people.length);
    });
  }

  private tell<K extends SignalKind>(kind: K, occurredAt: string, source: string, data: SignalData[K], by?: number): void {
    const number = (this.numbers.get(kind) ?? 0) + 1;
    this.numbers.set(kind, number);
    const signal = { id: `${this.account.id}-${kind}-${number}`, kind, accountId: this.account.id, ...(by === undefined ? {} : { personId: personId(this.account, by) }), occurredAt, source, data };
    this.told.push(signal as SignalInput);
  }
}
