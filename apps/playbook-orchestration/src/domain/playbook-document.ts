import { Type, type Static } from 'typebox';
import { CauseGroup, RiskLevel } from '@perennial/contracts/primitives';

const StepId = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 60 });
const Days = Type.Integer({ minimum: 0, maximum: 365 });
const closed = { additionalProperties: false } as const;

/** When a task is due. Business days are those of the account's country; holidays and weekends do not count. */
export const Due = Type.Union([
  Type.Object({ businessDaysAfterTrigger: Days }, closed),
  Type.Object({ businessDaysBeforeNotice: Days }, closed),
]);
export type Due = Static<typeof Due>;

/** Until when a wait lasts: the start of a day in the account's time zone. */
export const Until = Type.Union([
  /** Counted from the moment the wait begins. */
  Type.Object({ businessDaysLater: Days }, closed),
  Type.Object({ daysBeforeNotice: Days }, closed),
]);
export type Until = Static<typeof Until>;

const TaskStep = Type.Object(
  {
    id: StepId,
    kind: Type.Literal('task'),
    /** May hold {account}, {noticeOn}, {groups} and {text}. */
    title: Type.String({ minLength: 1, maxLength: 200 }),
    due: Due,
    /** True: the steps after it wait until it is closed. */
    awaited: Type.Optional(Type.Boolean()),
    /** Step to go on with; left out: the next one; `end`: none. */
    then: Type.Optional(StepId),
  },
  closed,
);
const WaitStep = Type.Object({ id: StepId, kind: Type.Literal('wait'), until: Until, then: Type.Optional(StepId) }, closed);
const BranchStep = Type.Object(
  {
    id: StepId,
    kind: Type.Literal('branch'),
    on: Type.Enum(['leadingCause', 'riskLevel', 'indicator']),
    /** Fact -> step. */
    to: Type.Record(Type.String(), StepId),
    otherwise: StepId,
  },
  closed,
);
export const Step = Type.Union([TaskStep, WaitStep, BranchStep]);
export type Step = Static<typeof Step>;
export type TaskStep = Static<typeof TaskStep>;
export type WaitStep = Static<typeof WaitStep>;
export type BranchStep = Static<typeof BranchStep>;

/** What makes a track start; what ends it is the same thing clearing. */
export const Trigger = Type.Union([
  Type.Object({ on: Type.Literal('risk'), levels: Type.Array(RiskLevel, { minItems: 1 }) }, closed),
  /** The three-strike rule: the step named `decision` is the save-plan review itself. */
  Type.Object({ on: Type.Literal('savePlanReview'), decision: StepId }, closed),
  Type.Object({ on: Type.Literal('indicator'), group: CauseGroup }, closed),
  Type.Object({ on: Type.Literal('renewal') }, closed),
]);
export type Trigger = Static<typeof Trigger>;

const Track = Type.Object({ id: StepId, trigger: Trigger, steps: Type.Array(Step, { minItems: 1, maxItems: 100 }) }, closed);
export type Track = Static<typeof Track>;

/**
 * A playbook at one revision: data, never edited once shipped. An account has at most one open run of it;
 * each reason that holds (the risk, one indicator, one renewal) walks the steps of its track in that run.
 */
export const PlaybookDocument = Type.Object(
  {
    id: StepId,
    revision: Type.Integer({ minimum: 1 }),
    title: Type.String({ minLength: 1, maxLength: 200 }),
    description: Type.String({ maxLength: 2000 }),
    tracks: Type.Array(Track, { minItems: 1, maxItems: 10 }),
  },
  closed,
);
export type PlaybookDocument = Static<typeof PlaybookDocument>;

/** Target of `then` and branches that ends the track. */
export const endOfTrack = 'end';

/** The track of a document by its id; undefined when this revision has none. */
export function trackOf(document: PlaybookDocument, trackId: string): Track | undefined {
  return document.tracks.find((track) => track.id === trackId);
}

/** The step that follows `step` when nothing branches; null at the end of the track. */
export function stepAfter(track: Track, step: Step): Step | null {
  if (step.kind !== 'branch' && step.then !== undefined) return stepNamed(track, step.then);
  return track.steps[track.steps.findIndex((other) => other.id === step.id) + 1] ?? null;
}

/** The step of that id; null for `end`. */
export function stepNamed(track: Track, id: string): Step | null {
  return id === endOfTrack ? null : (track.steps.find((step) => step.id === id) ?? null);
}
