import type { Static, TSchema } from 'typebox';
import type { ActiveIndicator, CauseGroup, Suppression } from '../state.js';
import type { EpochMs } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';

/** What holds now. */
export interface Finding {
  readonly severe: boolean;
  readonly text: string;
  /** Signals it rests on, oldest first. */
  readonly evidence: readonly string[];
  /** When it began, where that is not the look that found it. */
  readonly since?: EpochMs;
  readonly validUntil?: EpochMs;
  readonly subject?: string;
  /** Time of the newest thing behind it: newer than a judgement, it is news, and raised although judged. */
  readonly newsAt?: EpochMs;
  /** What it is measured against, to be held until it is cleared. */
  readonly reference?: number;
}

/** What an indicator may know of its own past. */
export interface Remembered {
  /** It is raised now: the looser exit applies. */
  readonly active: ActiveIndicator | null;
  /** A person's judgement still holds. */
  readonly suppression: Suppression | null;
}

/** An indicator as data and one pure function. Registered in `all-indicators.ts`; its numbers stand in the scorecard. */
export interface IndicatorDefinition {
  readonly kind: string;
  readonly group: CauseGroup;
  /** False for facts that no opinion can take away. */
  readonly dismissable: boolean;
  /** It goes by what is expected of an account's tier. */
  readonly byTargets?: true;
  readonly settings: TSchema;
  /** The finding that raises it, or keeps it raised; null otherwise. */
  readonly judge: (view: AccountView, settings: unknown, remembered: Remembered) => Finding | null;
}

interface Definition<S extends TSchema> extends Omit<IndicatorDefinition, 'settings' | 'judge'> {
  readonly settings: S;
  readonly judge: (view: AccountView, settings: Static<S>, remembered: Remembered) => Finding | null;
}

/** An indicator with typed settings; scorecards are checked against `settings` before they are used. */
export function defineIndicator<S extends TSchema>(definition: Definition<S>): IndicatorDefinition {
  return { ...definition, judge: (view, settings, remembered) => definition.judge(view, settings as Static<S>, remembered) };
}

/** Hygiene is our own homework and an opportunity is none of this: neither is ever a strike. */
export const isRisk = (group: CauseGroup): boolean => group !== 'hygiene' && group !== 'opportunity';
