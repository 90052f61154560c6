import { seededUniform } from '../src/domain/backtest/seeded.js';
import { decodeDay, encodeDay, type KeptDay } from '../src/domain/days/day-codec.js';
import type { DayReading } from '../src/domain/days/day-facts.js';
import { judgeDay, markOf } from '../src/domain/days/judge-day.js';
import type { ReadingPlan } from '../src/domain/days/reading-plan.js';
import type { CompiledScorecard } from '../src/domain/scorecard/compile-scorecard.js';
import { dayMs, startOf, type EpochDay } from '../src/domain/time/day.js';

/** Values between which each measure wanders. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  goal_attainment: [0, 1.3], milestones_on_time: [0, 1], license_utilisation: [0.2, 1], usage_level: [0.3, 1.3], key_features: [0, 1], survey: [2, 10], renewal_intent: [2, 10], touches: [0, 1.5],
  executive_touch: [0, 130], ticket_load: [0, 25], ticket_trend: [0, 4], csm_sentiment: [1, 5], multithreading: [0, 100], activation: [0, 1.2], payment: [0, 50], goals_recorded: [0, 1],
};

/**
 * An account that wanders: days as they would have been kept, one for each from `from` on. Values move a little from day to day; answers age; indicators come and
 * go; now and then a measure is missing, as for a while is nearly everything of some accounts.
 */
export function wanderingDays(seed: number, from: EpochDay, days: number, plan: ReadingPlan, card: CompiledScorecard): KeptDay[] {
  const random = seededUniform(seed);
  const between = (low: number, high: number): number => low + (high - low) * random();
  const tier = ['mid', 'high', 'digital', null][Math.floor(random() * 4)]!;
  const level = new Map(plan.entries.map(({ id }) => [id, random()]));
  const isMissing = new Map(plan.entries.map(({ id }) => [id, random() < 0.1]));
  const answered = new Map<string, number>();
  const active = new Map<string, boolean>();
  let held: KeptDay['facts']['held'] = { heldBand: 'unknown', amberSince: null, greenSince: null };
  const kept: KeptDay[] = [];
  for (let day = from; day < from + days; day += 1) {
    const asOf = startOf(day) + 1_000;
    // Once in a while the sources of an account tell hardly anything.
    const isDark = seed % 9 === 0 && day > from + days / 2;
    const readings = plan.entries.map(({ id, definition, validityDays }): DayReading => {
      if (random() < 0.01) isMissing.set(id, !isMissing.get(id));
      if (isMissing.get(id) || (isDark && id !== 'payment')) return { found: false, state: 'missing' };
      if (id === 'executive_touch' && tier === 'digital') return { found: false, state: 'not_applicable' };
      const next = Math.min(1, Math.max(0, level.get(id)! + between(-0.06, 0.06)));
      level.set(id, next);
      const [low, high] = ranges[id] ?? [0, 1];
      if (validityDays !== null && (!answered.has(id) || random() < 0.02)) answered.set(id, asOf - between(0, 20) * dayMs);
      return {
        found: true, value: Math.round((low + (high - low) * next) * 10_000) / 10_000,
        ...(validityDays !== null && { answeredAt: Math.round(answered.get(id)!) }), ...(definition.ownCurve === true && { curve: [[0, 0], [0.5, 40], [0.75, 70], [1, 100]] }), ...(id === 'ticket_load' && seed % 5 === 0 && { ceiling: 50 }),
      };
    });
    const indicators = card.indicators.flatMap(({ kind }) => {
      active.set(kind, random() < (active.get(kind) ? 0.96 : 0.003));
      return active.get(kind) ? [{ kind, severe: kind.length % 4 === 0, byRevision: false, evidence: [`${kind.slice(0, 2)}`] }] : [];
    });
    const facts: KeptDay['facts'] = {
      asOf, plan, readings, applicant: { tier, segment: seed % 2 === 0 ? 'smb' : null, ageDays: (seed % 200) + day - from, reached: seed % 3 === 0 ? [] : ['value'] }, indicators, override: null, merged: false,
      untold: seed % 17 === 0 && day < from + 10, held,
      caps: { cancelled: seed % 40 === 0 && day > from + days - 10, intents: [], use: { level: 0.9, earlier: 0.8 }, urgentSince: seed % 30 === 0 ? asOf - 8 * dayMs : null, complaintSince: null, dueGoals: seed % 11 === 0 ? [{ dueOn: day - 5, share: 0.8 }] : [], unreplaced: [], overdueDays: 0 },
    };
    const verdict = judgeDay(facts, card);
    held = verdict.held;
    const packed = { facts, mark: markOf(verdict), passage: null };
    kept.push({ day, judgedBy: { id: card.id, revision: card.revision }, ...decodeDay(encodeDay(packed, day), day, asOf, new Map([[plan.id, plan]])) });
  }
  return kept;
}
