import type { AccountState } from '@perennial/contracts/account';
import type { Signal, SignalData, SignalKind } from '@perennial/contracts/signal';
import type { ContractOutcome } from '../src/domain/backtest/account-history.js';
import { dayMs, isoDay, isoInstant, parseDay, startOf, type EpochDay } from '../src/domain/time/day.js';
import { chanceOf } from './planted-terms.js';

/**
 * Books of customers with planted truth, told as signals and contracts. Every account has one term of a year, with a notice date two
 * months before its end, and one of these lives:
 *
 * | life | of the accounts | what happens | lost |
 * |---|---|---|---|
 * | steady | 50 % | use level, goal on plan, meetings every three weeks | 6 %, without any sign |
 * | fading | 20 % | from 200 days before the notice date use falls to a quarter within six weeks; meetings go on | 85 % |
 * | unmet | 15 % | the goal stands at a tenth of plan all along, the sponsor says so (renewal intent 3) 120 days before the notice date | 85 % |
 * | saved | 15 % | as fading, but somebody calls within three weeks and use comes back after ten | 10 % |
 *
 * Half of the losses give notice 10 to 40 days before the notice date (`cancel_scheduled`), the others let the term run out. Every
 * sponsor answers an NPS survey 150 days before the notice date: content (9) in steady, saved and half of the fading lives, 6 else.
 * `signal: false` plants the same lives and hands the outcomes out by lot: nothing that can be read foretells them.
 */
export interface PlantedAccount {
  readonly account: AccountState;
  readonly life: 'steady' | 'fading' | 'unmet' | 'saved';
  readonly segment: string;
  /** In the order in which they happened. */
  readonly signals: readonly Signal[];
  readonly outcome: ContractOutcome & { readonly renewalId: string; readonly startsOn: EpochDay };
}

export interface PlantedBook {
  readonly accounts: number;
  readonly seed: number;
  readonly signal?: boolean;
  /** First day of every term. */
  readonly from?: string;
}

export const plantedTermDays = 365;
export const plantedNoticeDays = 60;
const lives: readonly (readonly [PlantedAccount['life'], number, number])[] = [['steady', 0.5, 0.06], ['fading', 0.2, 0.85], ['unmet', 0.15, 0.85], ['saved', 0.15, 0.1]];

export function plantedBook({ accounts, seed, signal = true, from = '2024-01-01' }: PlantedBook): PlantedAccount[] {
  const { uniform } = chanceOf(seed);
  const drawn = Array.from({ length: accounts }, () => {
    let left = uniform();
    const [life, , lossRate] = lives.find(([, share]) => (left -= share) < 0) ?? lives[0]!;
    return { life, isLost: uniform() < lossRate };
  });
  const lots = drawn.map(({ isLost }) => ({ isLost, at: uniform() })).sort((a, b) => a.at - b.at);
  return drawn.map(({ life, isLost }, i) => new Life(`p${String(i).padStart(5, '0')}`, life, signal ? isLost : lots[i]!.isLost, seed * 7_919 + i, parseDay(from)).told());
}

class Life {
  private readonly chance: ReturnType<typeof chanceOf>;
  private readonly signals: Signal[] = [];
  private readonly noticeOn: EpochDay;

  constructor(
    private readonly id: string,
    private readonly life: PlantedAccount['life'],
    private readonly isLost: boolean,
    seed: number,
    private readonly startsOn: EpochDay,
  ) {
    this.chance = chanceOf(seed);
    this.noticeOn = startsOn + plantedTermDays - 1 - plantedNoticeDays;
  }

  told(): PlantedAccount {
    const { id, life, startsOn, noticeOn, isLost } = this;
    const decidedOn = isLost && this.chance.uniform() < 0.5 ? noticeOn - 10 - Math.floor(30 * this.chance.uniform()) : null;
    this.beginning();
    for (let day = startsOn; day < noticeOn; day += 1) this.live(day);
    if (decidedOn !== null) this.contract(decidedOn, 'cancel_scheduled');
    this.signals.sort((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt) || (a.id < b.id ? -1 : 1));
    const segment = this.chance.uniform() < 0.5 ? 'small' : 'large';
    return {
      life, segment, signals: this.signals, outcome: { renewalId: `${id}-c~${isoDay(startsOn + plantedTermDays - 1)}`, startsOn, noticeOn, lost: isLost, decidedOn },
      account: {
        id, name: id, segment, tier: 'mid', region: null, country: null, timeZone: null, lifecycleStage: null, ownerId: null, parentId: null, aliases: [],
        mergedInto: null, goLive: null, traits: {}, createdAt: isoInstant(startOf(startsOn)), stakeholders: [], version: 1,
      },
    };
  }

  private beginning(): void {
    const { startsOn, noticeOn } = this;
    this.contract(startsOn, 'created');
    // Value from the first day: none of their days is judged by the onboarding scorecard.
    this.say(startsOn, 'milestone', { milestoneId: 'live', name: 'Live', phase: 'value', status: 'achieved', dueOn: isoDay(startsOn) });
    this.say(startsOn, 'license', { seatsBought: 10, seatsAssigned: 9 });
    for (const [person, role] of [['sam', 'executive_sponsor'], ['cleo', 'champion'], ['pat', 'power_user']] as const) this.say(startsOn, 'person', { change: 'created', roles: [role] }, person);
    this.say(startsOn + 5, 'goal', { goalId: 'g', name: 'Hours saved', metric: 'hours', baseline: 0, target: 100, startsOn: isoDay(startsOn), dueOn: isoDay(startsOn + plantedTermDays), status: 'set' });
    const isContent = this.life === 'steady' || this.life === 'saved' || (this.life === 'fading' && this.chance.uniform() < 0.5);
    this.say(noticeOn - 150, 'survey', { type: 'nps', score: isContent ? 9 : 6 }, 'sam');
    if (this.life === 'unmet') this.say(noticeOn - 120, 'survey', { type: 'renewal_intent', score: 3 }, 'sam');
  }

  private live(day: EpochDay): void {
    const { noticeOn, startsOn, life, chance } = this;
    const before = noticeOn - day;
    const weekday = (((day + 3) % 7) + 7) % 7;
    if (weekday < 5) {
      const events = Math.round(40 * this.useOn(before) * Math.exp(0.15 * chance.normal()));
      if (events > 0) this.say(day, 'usage', { event: 'used', quantity: events }, ['pat', 'cleo', 'u1', 'u2', 'u3', 'u4'][Math.floor(6 * chance.uniform())]);
    }
    if (weekday === 4) {
      // Attainment is held against a quarter of the way at least.
      const share = Math.max(0.25, (day - startsOn) / plantedTermDays);
      this.say(day, 'metric', { metric: 'hours', value: Math.round(100 * share * (life === 'unmet' ? 0.1 : 1) * Math.exp(0.1 * chance.normal()) * 100) / 100 });
    }
    if ((day - startsOn) % 21 === 10) this.say(day, 'engagement', { type: 'meeting', outcome: 'held', attendees: [{ personId: 'sam' }, { personId: 'cleo' }] });
    if (life === 'saved' && before === 180) this.say(day, 'engagement', { type: 'call', outcome: 'held', attendees: [{ personId: 'cleo' }] });
    if (chance.uniform() < 0.05) {
      const ticketId = `t${day}`;
      this.say(day, 'ticket', { ticketId, status: 'opened', priority: 'normal' });
      this.say(day + 2, 'ticket', { ticketId, status: 'solved', priority: 'normal' });
    }
  }

  /** Share of the usual use so many days before the notice date. */
  private useOn(before: number): number {
    if (this.life !== 'fading' && this.life !== 'saved') return 1;
    const isBack = this.life === 'saved' && before < 130;
    if (before > 200 || isBack) return 1;
    return Math.max(0.25, 1 - (0.75 * (200 - before)) / 42);
  }

  private contract(day: EpochDay, status: SignalData['contract']['status']): void {
    const { startsOn } = this;
    this.say(day, 'contract', { contractId: `${this.id}-c`, status, startsOn: isoDay(startsOn), endsOn: isoDay(startsOn + plantedTermDays - 1), arrMinor: 1_000_000, currency: 'USD', noticeDays: plantedNoticeDays });
  }

  private say<K extends SignalKind>(day: EpochDay, kind: K, data: SignalData[K], personId: string | null = null): void {
    const at = isoInstant(startOf(day) + 0.4 * dayMs + this.signals.length);
    const id = `${this.id}-${this.signals.length}`;
    this.signals.push({ id, kind, accountId: this.id, personId, occurredAt: at, receivedAt: at, sourceId: 'planted', product: null, clamped: false, data, version: this.signals.length + 1 } as Signal);
  }
}
