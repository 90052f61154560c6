import { Type, type Static } from 'typebox';
import { Id, Instant, Version } from './primitives.js';

const Revision = Type.Union([Type.Integer({ minimum: 1 }), Type.Null()]);
const Moved = Type.Array(Type.Object({ from: Type.String(), to: Type.String(), accounts: Type.Integer({ minimum: 1 }) }));

/** A scorecard was put in force, rolled back or retired, and every account has been looked at since. */
export const ScorecardChanged = Type.Object({
  scorecardId: Id,
  /** In force now; null: none is. */
  revision: Revision,
  replaced: Revision,
  action: Type.Enum(['publish', 'roll_back', 'retire']),
  reason: Type.String(),
  by: Type.String(),
  at: Instant,
  /** Accounts whose band, whose risk level it changed. */
  bands: Moved,
  riskLevels: Moved,
  version: Version,
});
export type ScorecardChanged = Static<typeof ScorecardChanged>;
