import { Reader, Writer } from '../codec/bytes.js';
import { integer, number, oneOf, type Codec } from '../codec/codec.js';
import { NewerFormat } from '../codec/newer-format.js';
import type { ScorecardRef } from '../scorecard/compile-scorecard.js';
import { pointsOn } from '../scorecard/curve.js';
import type { DayPassage } from '../scorecard/passage.js';
import { dayOf, startOf, type EpochDay, type EpochMs } from '../time/day.js';
import { goneRoles, type CapFacts } from './cap-facts.js';
import type { DayFacts, DayIndicator, DayReading } from './day-facts.js';
import type { DayPlan } from './reading-plan.js';

/** First byte of each packed day: what is packed in another way takes the next number. */
const format = 1;

/** A day as it is kept: what the look knew, and the mark of what it said. */
export interface PackedDay {
  readonly facts: DayFacts;
  readonly mark: number;
  /** The account was on its way to the scorecard that judged; null: that judged alone. */
  readonly passage: DayPassage | null;
}

/** What the last look of a day knew of an account, and by which scorecard it judged. */
export interface KeptDay extends PackedDay {
  readonly day: EpochDay;
  readonly judgedBy: ScorecardRef;
}

const levels = oneOf(['unknown', 'green', 'amber', 'red']);
const phases = ['onboarding', 'adoption', 'value'] as const;
/** Kinds have a short place here; new ones may be added at the end, and need not be. */
const kinds = [
  'usage_drop', 'key_feature_drop', 'power_user_decline', 'gone_dark', 'sponsor_change', 'champion_left', 'ticket_surge', 'urgent_ticket_open', 'complaint_open', 'negative_survey', 'no_renewal_intent', 'csm_concern',
  'milestone_missed', 'onboarding_delayed', 'goal_behind', 'payment_overdue', 'contraction', 'cancel_scheduled', 'goals_missing', 'single_threaded', 'executive_gap', 'cadence_missed', 'seat_saturation', 'expansion_interest',
];

/** Up to 31 of them. */
function flagsOf(...flags: readonly boolean[]): number {
  let sum = 0;
  for (let place = 0; place < flags.length; place += 1) if (flags[place]) sum |= 1 << place;
  return sum;
}
const has = (flags: number, place: number): boolean => ((flags >> place) & 1) === 1;

/** Instants and days as their distance from the day, which is short for what happened lately. */
const writeInstant = (out: Writer, day: EpochDay, at: EpochMs): void => integer.write(out, startOf(day + 1) - at);
const readInstant = (input: Reader, day: EpochDay): EpochMs => startOf(day + 1) - integer.read(input);
const writeDay = (out: Writer, day: EpochDay, on: EpochDay): void => integer.write(out, day - on);
const readDay = (input: Reader, day: EpochDay): EpochDay => day - integer.read(input);

/** Four decimals as a whole number, where that says it all. */
const inTenThousandths = (value: number): number | null => {
  const scaled = Math.round(value * 10_000);
  return scaled / 10_000 === value && Math.abs(scaled) < 2 ** 50 ? scaled : null;
};

const shares: Codec<number> = {
  write(out, value) {
    const scaled = inTenThousandths(value);
    out.byte(scaled === null ? 1 : 0);
    if (scaled === null) out.float(value);
    else integer.write(out, scaled);
  },
  read: (input) => (input.byte() === 0 ? integer.read(input) / 10_000 : input.float()),
};

/** Points of a measure with a curve of its own stand for that curve. */
function writeReading(out: Writer, day: EpochDay, reading: DayReading): void {
  if (!reading.found) return out.byte(reading.state === 'missing' ? 0 : 1);
  const { value, answeredAt, staleAt, curve, ceiling } = reading;
  const scaled = inTenThousandths(value);
  out.byte(2 + 4 * flagsOf(answeredAt !== undefined, staleAt !== undefined, curve !== undefined, ceiling !== undefined, scaled === null));
  if (scaled === null) out.float(value);
  else integer.write(out, scaled);
  if (answeredAt !== undefined) writeInstant(out, day, answeredAt);
  if (staleAt !== undefined) writeInstant(out, day, staleAt);
  if (curve !== undefined) out.natural(Math.round(pointsOn(curve, value) * 100));
  if (ceiling !== undefined) number.write(out, ceiling);
}

function readReading(input: Reader, day: EpochDay): DayReading {
  const head = input.byte();
  if (head < 2) return head === 0 ? missing : notApplicable;
  const flags = (head - 2) >> 2;
  const reading: { -readonly [K in keyof Found]: Found[K] } = { found: true, value: has(flags, 4) ? input.float() : integer.read(input) / 10_000 };
  if (has(flags, 0)) reading.answeredAt = readInstant(input, day);
  if (has(flags, 1)) reading.staleAt = readInstant(input, day);
  if (has(flags, 2)) reading.curve = flatCurve(input.natural() / 100);
  if (has(flags, 3)) reading.ceiling = number.read(input);
  return reading;
}
type Found = Extract<DayReading, { found: true }>;
const missing: DayReading = { found: false, state: 'missing' };
const notApplicable: DayReading = { found: false, state: 'not_applicable' };
const flatCurve = (points: number): [number, number][] => [[0, points], [1, points]];

function writeCaps(out: Writer, day: EpochDay, { cancelled, use, urgentSince, complaintSince, unreplaced, overdueDays, intents, dueGoals }: CapFacts): void {
  out.byte(flagsOf(cancelled, use !== null, urgentSince !== null, complaintSince !== null, unreplaced.includes('sponsor_change'), unreplaced.includes('champion_left'), overdueDays > 0));
  if (use !== null) {
    shares.write(out, use.level);
    shares.write(out, use.earlier);
  }
  if (urgentSince !== null) writeInstant(out, day, urgentSince);
  if (complaintSince !== null) writeInstant(out, day, complaintSince);
  if (overdueDays > 0) out.natural(overdueDays);
  out.natural(intents.length);
  for (const { score, at } of intents) {
    number.write(out, score);
    writeInstant(out, day, at);
  }
  out.natural(dueGoals.length);
  for (const { dueOn, share } of dueGoals) {
    writeDay(out, day, dueOn);
    shares.write(out, share);
  }
}

function readCaps(input: Reader, day: EpochDay): CapFacts {
  const flags = input.byte();
  return {
    cancelled: has(flags, 0),
    use: has(flags, 1) ? { level: shares.read(input), earlier: shares.read(input) } : null,
    urgentSince: has(flags, 2) ? readInstant(input, day) : null,
    complaintSince: has(flags, 3) ? readInstant(input, day) : null,
    unreplaced: goneRoles.flatMap(([kind], place) => (has(flags, 4 + place) ? [kind] : [])),
    overdueDays: has(flags, 6) ? input.natural() : 0,
    intents: Array.from({ length: input.natural() }, () => ({ score: number.read(input), at: readInstant(input, day) })),
    dueGoals: Array.from({ length: input.natural() }, () => ({ dueOn: readDay(input, day), share: shares.read(input) })),
  };
}

/** Of the evidence only which indicators share some: as the places of earlier ones. */
function writeIndicators(out: Writer, found: readonly DayIndicator[]): void {
  out.natural(found.length);
  found.forEach(({ kind, severe, byRevision, calls = false, evidence }, place) => {
    const known = kinds.indexOf(kind) + 1;
    out.natural(known);
    if (known === 0) out.text(kind);
    out.byte(flagsOf(severe, byRevision, calls));
    out.natural(flagsOf(...found.slice(0, place).map((earlier) => earlier.evidence.some((signal) => evidence.includes(signal)))));
  });
}

function readIndicators(input: Reader): DayIndicator[] {
  const found: (DayIndicator & { evidence: string[] })[] = [];
  for (let left = input.natural(); left > 0; left -= 1) {
    const known = input.natural();
    const kind = known === 0 ? input.text() : kinds[known - 1];
    if (kind === undefined) throw new RangeError('the packed day holds an indicator this version does not know');
    const [flags, shared] = [input.byte(), input.natural()];
    const evidence = found.flatMap((earlier, place) => {
      if (!has(shared, place)) return [];
      const tie = `${place}-${found.length}`;
      earlier.evidence.push(tie);
      return [tie];
    });
    found.push({ kind, severe: has(flags, 0), byRevision: has(flags, 1), ...(has(flags, 2) && { calls: true }), evidence });
  }
  return found;
}

/** Packs the facts of one look; those of two looks at which nothing differed, nor what they said, are equal bytes whenever they were. */
export function encodeDay({ facts, mark, passage }: PackedDay, day: EpochDay): Buffer {
  const { plan, applicant, held, override } = facts;
  const { amberSince, greenSince, heldBand } = held;
  const out = new Writer();
  out.byte(format);
  out.natural(plan.id);
  out.byte(flagsOf(facts.merged, facts.untold, applicant.tier !== null, applicant.segment !== null, override !== null, amberSince !== null, greenSince !== null, passage !== null));
  if (applicant.tier !== null) out.text(applicant.tier);
  if (applicant.segment !== null) out.text(applicant.segment);
  out.natural(applicant.ageDays);
  out.byte(flagsOf(...phases.map((phase) => applicant.reached.includes(phase))));
  if (override !== null) number.write(out, override.healthScore);
  levels.write(out, heldBand);
  if (amberSince !== null) writeDay(out, day, amberSince);
  if (greenSince !== null) writeDay(out, day, greenSince);
  for (const reading of facts.readings) writeReading(out, day, reading);
  writeCaps(out, day, facts.caps);
  writeIndicators(out, facts.indicators);
  out.natural(mark);
  if (passage !== null) {
    out.text(passage.from.id);
    for (const count of [passage.from.revision, passage.step, passage.days]) out.natural(count);
  }
  return out.toBuffer();
}

/** Reads what `encodeDay` wrote of a look at `asOf`. Throws NewerFormat, and RangeError on a plan it does not know and on bytes that are none of its own. */
export function decodeDay(bytes: Buffer, day: EpochDay, asOf: EpochMs, plans: ReadonlyMap<number, DayPlan>): PackedDay {
  const input = new Reader(bytes);
  input.format = input.byte();
  if (input.format > format) throw new NewerFormat('day', input.format, format);
  if (input.format < 1) throw new RangeError(`the packed day has format ${input.format}`);
  const planId = input.natural();
  const plan = plans.get(planId);
  if (plan === undefined) throw new RangeError(`the packed day was read by plan ${planId}, which is not known`);
  const flags = input.byte();
  const applicant = {
    tier: has(flags, 2) ? input.text() : null,
    segment: has(flags, 3) ? input.text() : null,
    ageDays: input.natural(),
    reached: phasesOf(input.byte()),
  };
  const override = has(flags, 4) ? { healthScore: number.read(input), reason: '' } : null;
  const heldBand = levels.read(input);
  const held = { heldBand, amberSince: has(flags, 5) ? readDay(input, day) : null, greenSince: has(flags, 6) ? readDay(input, day) : null };
  const readings = plan.keys.map(() => readReading(input, day));
  const facts: DayFacts = { asOf, plan, readings, applicant, caps: readCaps(input, day), indicators: readIndicators(input), override, merged: has(flags, 0), untold: has(flags, 1), held };
  const mark = input.natural();
  const passage = has(flags, 7) ? { from: { id: input.text(), revision: input.natural() }, step: input.natural(), days: input.natural() } : null;
  if (!input.atEnd) throw new RangeError('the packed day is longer than its format');
  return { facts, mark, passage };
}

/** The facts as they are read once they were kept. */
export function asKept(facts: DayFacts): DayFacts {
  const day = dayOf(facts.asOf);
  return decodeDay(encodeDay({ facts, mark: 0, passage: null }, day), day, facts.asOf, new Map([[facts.plan.id, facts.plan]])).facts;
}

const phasesOf = (flags: number): string[] => phases.filter((_, place) => has(flags, place));
