import { Type } from 'typebox';
import { activityDays, customerKinds } from '../facts/fold-activity.js';
import { countAt } from '../facts/ring.js';
import { BusinessDays } from '../scorecard/setting-types.js';
import { addBusinessDays, dayOf, isoDay, type EpochDay } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const goneDark = defineIndicator({
  kind: 'gone_dark',
  group: 'use',
  dismissable: true,
  settings: Type.Object({
    gapFactor: Type.Number(),
    gapPercentile: Type.Number({ minimum: 0, maximum: 1 }),
    gapDays: Type.Integer({ minimum: 1, maximum: activityDays }),
    fewestGaps: Type.Integer(),
    businessDays: BusinessDays,
    fromDay: Type.Number(),
  }, { additionalProperties: false }),
  judge(view, settings, { active }) {
    const { last } = view.facts.activity;
    if (last === null) return null;
    const lastDay = dayOf(last.at);
    let silentFrom = addBusinessDays(lastDay, settings.businessDays) + 1;
    if (view.today < silentFrom) return null;
    const gaps = gapsOf(view, lastDay, settings.gapDays);
    if (gaps.length >= settings.fewestGaps) silentFrom = Math.max(silentFrom, lastDay + 1 + Math.ceil(settings.gapFactor * percentile(gaps, settings.gapPercentile)));
    else if (view.ageDays < settings.fromDay) return null;
    if (view.today < silentFrom) return null;
    // A silence that may be the source's own proves nothing; one that was raised before stays.
    if (active === null && isSourceQuiet(view)) return null;
    return { severe: true, text: words.usage.dark(view.today - lastDay, isoDay(lastDay)), evidence: [last.id], newsAt: last.at };
  },
});

/** Days between neighbouring active days within the last `days` up to the last active one, rising. */
function gapsOf(view: AccountView, lastDay: EpochDay, days: number): number[] {
  const gaps: number[] = [];
  let later = lastDay;
  for (let day = lastDay - 1; day > lastDay - days; day -= 1) {
    if (countAt(view.facts.activity.days, day) === 0) continue;
    gaps.push(later - day);
    later = day;
  }
  return gaps.sort((a, b) => a - b);
}

/** Linear between ranks (Hyndman and Fan's type 7). */
function percentile(sorted: readonly number[], share: number): number {
  const rank = (sorted.length - 1) * share;
  const low = sorted[Math.floor(rank)] ?? 0;
  const high = sorted[Math.ceil(rank)] ?? low;
  return low + (high - low) * (rank - Math.floor(rank));
}

/** The source by which this customer shows up is silent for everyone: product use where it has any, else all its kinds. */
function isSourceQuiet(view: AccountView): boolean {
  const { lastDay } = view.facts.activity;
  if (lastDay.usage !== undefined) return view.sourceOf('usage') !== 'alive';
  return customerKinds.filter((kind) => lastDay[kind] !== undefined).every((kind) => view.sourceOf(kind) !== 'alive');
}
