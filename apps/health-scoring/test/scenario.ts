import type { AccountState } from '@perennial/contracts/account';
import { signalKinds, type Signal, type SignalData, type SignalKind } from '@perennial/contracts/signal';
import { applyAccount, applySignal, initialState } from '../src/domain/account-health.js';
import { look, type LookContext, type Verdict } from '../src/domain/look.js';
import { compileScorecard } from '../src/domain/scorecard/compile-scorecard.js';
import type { Scorecard } from '../src/domain/scorecard/scorecard.js';
import type { SourceLiveness } from '../src/domain/sources/source-liveness.js';
import type { AccountHealthState } from '../src/domain/state.js';
import { dayMs, isoInstant, parseDay, startOf, type EpochMs } from '../src/domain/time/day.js';
import { shippedScorecards } from '../src/scorecards/shipped-scorecards.js';

/** The shipped document of that id. */
export function shippedDocument(id: string): Scorecard {
  const shipped = shippedScorecards.find(({ document }) => document.id === id);
  if (shipped === undefined) throw new Error(`no shipped scorecard ${id}`);
  return shipped.document;
}
export const csmLedScorecard = compileScorecard(shippedDocument('csm-led'), 1);

/** A Monday. Scenarios count their days from it. */
export const monday = parseDay('2026-01-05');

/** Every kind is sent by somebody all the time, but for those left out. */
export function aliveAt(asOf: EpochMs, without: readonly SignalKind[] = []): SourceLiveness {
  const sources: Record<string, { lastSeenAt: EpochMs; staleAt: EpochMs }> = {};
  for (const kind of signalKinds) if (!without.includes(kind)) sources[kind] = { lastSeenAt: asOf, staleAt: asOf + 2 * dayMs };
  return sources;
}

type Extra = { readonly importId?: string; readonly personId?: string; readonly product?: string; readonly id?: string };

let numbered = 0;

/** A resolved signal of account `accountId` at `at`. Ids are unique unless given. */
export function signalOf<K extends SignalKind>(accountId: string, kind: K, data: SignalData[K], at: EpochMs, extra: Extra = {}): Signal {
  numbered += 1;
  return {
    id: extra.id ?? `${kind}-${numbered}`, kind, accountId, personId: extra.personId ?? null, occurredAt: isoInstant(at), receivedAt: isoInstant(at), sourceId: 'test',
    product: extra.product ?? null, clamped: false, data, version: numbered, ...(extra.importId !== undefined && { importId: extra.importId }),
  } as Signal;
}

/** One account and what happens to it, told in days from `monday`. */
export class Scenario {
  readonly state: AccountHealthState;
  readonly signals: Signal[] = [];
  sources: (asOf: EpochMs) => SourceLiveness = (asOf) => aliveAt(asOf);

  constructor(
    readonly accountId = 'acme',
    readonly keyFeatures: readonly string[] = [],
  ) {
    this.state = initialState(accountId);
  }

  /** Instant of `day` (a fraction is a time of day). */
  at(day: number): EpochMs {
    return startOf(monday) + Math.round(day * dayMs);
  }

  account(fields: Partial<AccountState> = {}, createdOn = 0): this {
    applyAccount(this.state, {
      id: this.accountId, name: 'Acme', segment: null, tier: 'mid', region: null, country: null, timeZone: null, lifecycleStage: null, ownerId: null, parentId: null, aliases: [],
      mergedInto: null, goLive: null, traits: {}, createdAt: isoInstant(this.at(createdOn)), stakeholders: [], version: 1, ...fields,
    });
    return this;
  }

  signal<K extends SignalKind>(day: number, kind: K, data: SignalData[K], extra: Extra = {}): Signal {
    const signal = signalOf(this.accountId, kind, data, this.at(day), extra);
    this.signals.push(signal);
    applySignal(this.state, signal, this.keyFeatures);
    return signal;
  }

  /** `perDay` events on each day in [from, to], by the people in turn. */
  use(from: number, to: number, perDay: number, people: readonly string[] = []): this {
    for (let day = from; day <= to; day += 1) {
      if (people.length === 0) this.signal(day + 0.5, 'usage', { event: 'used', quantity: perDay });
      else for (const [i, personId] of people.entries()) this.signal(day + 0.4 + i / 1000, 'usage', { event: 'used', quantity: perDay / people.length }, { personId });
    }
    return this;
  }

  person(day: number, personId: string, data: SignalData['person'], importId?: string): Signal {
    return this.signal(day, 'person', data, { personId, ...(importId !== undefined && { importId }) });
  }

  meeting(day: number, ...people: string[]): Signal {
    return this.signal(day, 'engagement', { type: 'meeting', outcome: 'held', attendees: people.map((personId) => ({ personId })) });
  }

  look(day: number, context: Partial<LookContext> = {}): Verdict {
    const asOf = this.at(day);
    const everyone = [...this.state.contacts.values()];
    const verdict = look(this.state, { asOf, cause: 'time', scorecard: csmLedScorecard, everyone, sources: this.sources(asOf), keyFeatures: this.keyFeatures, ...context });
    if (verdict === null) throw new Error('the account is being restated');
    return verdict;
  }

  /** Takes every look that falls due up to `day`, as the scheduler does; answers the last. */
  watch(from: number, to: number, context: Partial<LookContext> = {}): Verdict {
    let verdict = this.look(from, context);
    while (verdict.nextLookAt <= this.at(to)) verdict = this.look((verdict.nextLookAt - startOf(monday)) / dayMs, context);
    return verdict;
  }
}

export const kindsOf = (verdict: Verdict): string[] => verdict.health.indicators.map((indicator) => indicator.kind).sort();
export const measureOf = (verdict: Verdict, id: string): Verdict['health']['measures'][number] => {
  const found = verdict.health.measures.find((measure) => measure.id === id);
  if (found === undefined) throw new Error(`no measure ${id}`);
  return found;
};
