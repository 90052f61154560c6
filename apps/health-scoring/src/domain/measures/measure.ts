import type { HealthState } from '@perennial/contracts/health';
import type { SignalKind } from '@perennial/contracts/signal';
import type { Fault } from '@perennial/contracts/validator';
import type { Static, TSchema } from 'typebox';
import type { ToldFact } from '../days/told-facts.js';
import type { CompiledMeasure } from '../scorecard/compile-scorecard.js';
import type { Curve } from '../scorecard/curve.js';
import type { EpochMs } from '../time/day.js';
import type { TierTargets } from '../scorecard/scorecard.js';
import { words } from '../words.js';
import { targetsOf, type AccountView } from '../verdict/account-view.js';

export type Family = 'value' | 'usage' | 'sentiment' | 'engagement' | 'support' | 'csm_sentiment' | 'relationship' | 'commercial';
export type Evidence = HealthState['measures'][number]['evidence'];

/** What one measure finds. `missing`: it applies and there never was data; `not_applicable` says why. */
export type Reading =
  | { readonly found: false; readonly state: 'missing' | 'not_applicable'; readonly text: string }
  | {
      readonly found: true;
      /** Four decimals: what is shown is what is judged. */
      readonly value: number;
      readonly text: string;
      readonly evidence: Evidence;
      /** Time of the newest answer, where the measure has a validity of its own. */
      readonly answeredAt?: EpochMs;
      /** Points by value, where the settings make the curve. */
      readonly curve?: Curve;
      /** Points are at most this. */
      readonly ceiling?: number;
      /** Kinds whose silence makes the value stale, where they are fewer than the definition's. */
      readonly restsOn?: readonly SignalKind[];
      /** When the first of the sources it rests on went stale; absent while all live. */
      readonly staleAt?: EpochMs;
    };

/** A measure as data and one pure function. Registered in `all-measures.ts`; its numbers stand in the scorecard. */
export interface Measure {
  readonly id: string;
  readonly family: Family;
  readonly unit: string | null;
  /** Kinds it is made from: when one goes silent for everyone, the measure is stale. */
  readonly restsOn: readonly SignalKind[];
  readonly settings: TSchema;
  /** The settings make the curve: scorecards state none. */
  readonly ownCurve?: true;
  /** It goes by what is expected of an account's tier. */
  readonly byTargets?: true;
  /** What the schema cannot say of settings that fit it; null for good ones. */
  readonly settingsFault?: (settings: unknown) => Fault | null;
  readonly read: (view: AccountView, settings: unknown, targets: TierTargets) => Reading;
  /** All that signals tell and `read` goes by, on that view: what a late signal may change, and what must not have been told anew since for a past day to be read again. */
  readonly goesBy: (view: AccountView, settings: unknown) => readonly ToldFact[];
}

interface Definition<S extends TSchema> extends Omit<Measure, 'settings' | 'settingsFault' | 'read' | 'goesBy'> {
  readonly settings: S;
  readonly settingsFault?: (settings: Static<S>) => Fault | null;
  readonly read: (view: AccountView, settings: Static<S>, targets: TierTargets) => Reading;
  readonly goesBy: (view: AccountView, settings: Static<S>) => readonly ToldFact[];
}

/** A measure with typed settings; scorecards are checked against `settings` before they are used. */
export function defineMeasure<S extends TSchema>(definition: Definition<S>): Measure {
  const { settingsFault } = definition;
  return {
    ...definition,
    ...(settingsFault !== undefined && { settingsFault: (settings: unknown) => settingsFault(settings as Static<S>) }),
    read: (view, settings, targets) => definition.read(view, settings as Static<S>, targets),
    goesBy: (view, settings) => definition.goesBy(view, settings as Static<S>),
  } as Measure;
}

export const missing = (text: string): Reading => ({ found: false, state: 'missing', text });
export const notApplicable = (text: string): Reading => ({ found: false, state: 'not_applicable', text });

/** Reads one measure as a scorecard states it. */
export function readMeasure(view: AccountView, { definition, settings, targets }: Pick<CompiledMeasure, 'definition' | 'settings' | 'targets'>): Reading {
  const reading = definition.read(view, settings, targets === null ? view.targets : targetsOf(view.state.account?.tier ?? null, targets));
  if (!reading.found) return reading;
  if (!Number.isFinite(reading.value)) return missing(words.noNumber);
  let staleAt = Infinity;
  for (const kind of reading.restsOn ?? definition.restsOn) staleAt = Math.min(staleAt, view.sources[kind]?.staleAt ?? Infinity);
  const value = Math.round(reading.value * 10_000) / 10_000 + 0;
  return staleAt > view.asOf ? { ...reading, value } : { ...reading, value, staleAt };
}
