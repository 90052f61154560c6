import { Type, type Static } from 'typebox';
import { CauseGroup, Day, Id, Instant, Version } from './primitives.js';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const PlaybookRef = Type.Object({ id: Id, revision: Type.Integer({ minimum: 1 }) });

/** All plans of one account; today: its save-plan reviews. */
export const PlansState = Type.Object({
  accountId: Id,
  savePlanReviews: Type.Array(
    Type.Object({
      id: Id,
      state: Type.Enum(['open', 'decided']),
      /** Strike groups that were active when it was opened or last updated. */
      groups: Type.Array(CauseGroup),
      openedAt: Instant,
      decidedAt: nullable(Instant),
      decision: nullable(Type.String()),
    }),
  ),
  version: Version,
});
export type PlansState = Static<typeof PlansState>;

/** A task as it is published. */
export const TaskChanged = Type.Object({
  id: Id,
  accountId: Id,
  runId: Id,
  playbook: PlaybookRef,
  title: Type.String(),
  ownerId: nullable(Type.String()),
  dueOn: Day,
  status: Type.Enum(['open', 'done', 'skipped', 'cancelled']),
  reason: nullable(Type.String()),
  version: Version,
});
export type TaskChanged = Static<typeof TaskChanged>;

/** A run as it is published. */
export const RunChanged = Type.Object({
  id: Id,
  accountId: Id,
  playbook: PlaybookRef,
  trigger: Type.String(),
  state: Type.Enum(['running', 'completed', 'exited', 'failed']),
  outcome: nullable(Type.String()),
  steps: Type.Array(Type.Object({ id: Id, kind: Type.String(), state: Type.String(), at: nullable(Instant) })),
  startedAt: Instant,
  endedAt: nullable(Instant),
  version: Version,
});
export type RunChanged = Static<typeof RunChanged>;
