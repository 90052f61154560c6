import type { HealthState, MeasureReading } from '@perennial/contracts/health';
import { mustBe } from './story-broke.js';
import type { StoryTeller } from './story-teller.js';

const width = 8;
const neutral = 5000;
const hundredths = (points: number): number => Math.round(points * 100);
const signed = (points: number): string => `${points < 0 ? '-' : '+'}${Math.abs(points).toFixed(2)}`;
const named = (id: string): string => id.replaceAll('_', ' ');

/** The score with everything that makes it up, and the sum checked to the hundredth. */
export function tellHealth(teller: StoryTeller, name: string, health: HealthState): void {
  const score = mustAddUp(health);
  teller.say(`${name}: health ${score.toFixed(2)} of 100, risk ${health.riskLevel}, on ${Math.round(health.dataCoverage * 100)} % of the data it could have`);
  teller.pair('50.00', 'where every account starts', width);
  for (const measure of counted(health)) teller.pair(signed(measure.contribution ?? 0), `${named(measure.id)}: ${measure.text}`, width);
  tellEnd(teller, health, score);
  const left = health.measures.filter(({ contribution }) => contribution === null);
  if (left.length > 0) teller.aside(`Not counted: ${left.map(({ id, text }) => `${named(id)} (${text})`).join('; ')}`);
}

/** What is different in `after`: measures that moved, caps, new indicators; with the sums of both. */
export function tellHealthChange(teller: StoryTeller, before: HealthState, after: HealthState): void {
  const was = new Map(before.measures.map((measure) => [measure.id, measure]));
  const from = mustAddUp(before);
  const to = mustAddUp(after);
  teller.say(`Health ${from.toFixed(2)} -> ${to.toFixed(2)}, risk ${before.riskLevel} -> ${after.riskLevel}, strikes ${before.strikes.count} -> ${after.strikes.count}`);
  const parts = [...measureParts(was, after), ...adjustmentParts(before, after)];
  for (const { text, by } of parts) teller.pair(signed(by / 100), text, width);
  const moved = parts.reduce((sum, { by }) => sum + by, 0);
  mustBe(moved === hundredths(to) - hundredths(from), 'the change of the score', `the parts sum to ${moved / 100}, the score moved by ${(to - from).toFixed(2)}`);
  if (parts.length > 1) teller.pair(signed(moved / 100), 'in all', width);
  tellNewIndicators(teller, before, after);
}

/** One reason for a change, in hundredths of a point. */
interface Part {
  readonly text: string;
  readonly by: number;
}

/** What rounding leaves to the largest part moves with its neighbours: it is no news of that measure. */
function measureParts(was: ReadonlyMap<string, MeasureReading>, after: HealthState): Part[] {
  const moved = after.measures.map((measure) => ({ measure, by: change(measure, was) })).filter(({ by }) => by !== 0);
  const isRounding = ({ measure, by }: (typeof moved)[number]): boolean => Math.abs(by) <= 1 && measure.points === was.get(measure.id)?.points;
  const rounding = moved.filter(isRounding).reduce((sum, { by }) => sum + by, 0);
  const news = moved.filter((one) => !isRounding(one)).sort((a, b) => a.by - b.by);
  return [
    ...news.map(({ measure, by }) => ({ text: `${named(measure.id)} (now ${signed(measure.contribution ?? 0)}): ${measure.text}`, by })),
    ...(rounding === 0 ? [] : [{ text: 'rounding', by: rounding }]),
  ];
}

/** Caps and overrides that came, went or bite more or less than before. */
function adjustmentParts(before: HealthState, after: HealthState): Part[] {
  const texts = new Set([...before.adjustments, ...after.adjustments].map(({ kind, reason }) => `${kind}: ${reason}`));
  const of = ({ adjustments }: HealthState, text: string): number =>
    adjustments.filter(({ kind, reason }) => `${kind}: ${reason}` === text).reduce((sum, { points }) => sum + hundredths(points), 0);
  return [...texts].map((text) => ({ text: `${text} (now ${signed(of(after, text) / 100)})`, by: of(after, text) - of(before, text) })).filter(({ by }) => by !== 0);
}

function tellNewIndicators(teller: StoryTeller, before: HealthState, after: HealthState): void {
  const known = new Set(before.indicators.map(({ id }) => id));
  for (const { id, group, severe, text } of after.indicators) {
    if (!known.has(id)) teller.pair('raised', `${text} (${group}${severe ? ', severe' : ''})`, width);
  }
}

function tellEnd(teller: StoryTeller, health: HealthState, score: number): void {
  for (const { kind, reason, points } of health.adjustments) teller.pair(signed(points), `${kind}: ${reason}`, width);
  teller.pair(score.toFixed(2), 'in all', width);
  for (const { group, text } of health.indicators) teller.pair('raised', `${text} (${group})`, width);
}

/** 50 + contributions = raw score, and with the adjustments the health score: exactly, or the story is broken. */
function mustAddUp(health: HealthState): number {
  const { healthScore, rawScore } = health;
  mustBe(healthScore !== null && rawScore !== null, 'a score', `${health.accountId} has none`);
  const raw = health.measures.reduce((sum, { contribution }) => sum + hundredths(contribution ?? 0), neutral);
  mustBe(raw === hundredths(rawScore), 'the sum of the score', `50 and the contributions are ${raw / 100}, the raw score is ${rawScore}`);
  const all = raw + hundredths(sumOfAdjustments(health));
  mustBe(all === hundredths(healthScore), 'the sum of the score', `with adjustments it is ${all / 100}, the score is ${healthScore}`);
  return healthScore;
}

const sumOfAdjustments = ({ adjustments }: HealthState): number => adjustments.reduce((sum, { points }) => sum + points, 0);

const counted = ({ measures }: HealthState): MeasureReading[] =>
  measures.filter(({ contribution }) => contribution !== null).sort((a, b) => (b.contribution ?? 0) - (a.contribution ?? 0));

const change = (measure: MeasureReading, was: ReadonlyMap<string, MeasureReading>): number => hundredths(measure.contribution ?? 0) - hundredths(was.get(measure.id)?.contribution ?? 0);
