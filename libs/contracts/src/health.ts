import { Type, type Static } from 'typebox';
import { Band, CauseGroup, Currency, Day, Id, Instant, MinorUnits, RiskLevel, Version } from './primitives.js';

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Points = nullable(Type.Number({ minimum: 0, maximum: 100 }));

export const Evidence = Type.Union([
  Type.Object({ signalIds: Type.Array(Id) }),
  /** A timeline query of this account, e.g. `kind=usage&from=2026-01-01`. */
  Type.Object({ query: Type.String() }),
]);

export const MeasureReading = Type.Object({
  id: Type.String(),
  family: Type.String(),
  value: nullable(Type.Number()),
  unit: nullable(Type.String()),
  points: Points,
  band: Band,
  weight: Type.Number({ minimum: 0 }),
  /** Two decimals; 50 + the sum over measures = rawScore, exactly. Null where there is no data. */
  contribution: nullable(Type.Number()),
  state: Type.Enum(['ok', 'stale', 'missing', 'not_applicable']),
  validUntil: nullable(Instant),
  text: Type.String(),
  evidence: Evidence,
});
export type MeasureReading = Static<typeof MeasureReading>;

export const Indicator = Type.Object({
  id: Id,
  kind: Type.String(),
  group: CauseGroup,
  severe: Type.Boolean(),
  text: Type.String(),
  since: Instant,
  validUntil: nullable(Instant),
  evidence: Type.Array(Id),
  /** A change of scorecard raised it, not what happened to the account: it starts nothing by itself. */
  byRevision: Type.Optional(Type.Boolean()),
});
export type Indicator = Static<typeof Indicator>;

/** What an account makes of one product: its own use, license, tickets and goals, with the contacts of all. */
export const ProductHealth = Type.Object({
  product: Id,
  healthScore: Points,
  rawScore: Points,
  band: Band,
  dataCoverage: Type.Number({ minimum: 0, maximum: 1 }),
  /** As last told; null: the product has none of its own. */
  license: nullable(Type.Object({ seatsBought: Type.Integer({ minimum: 0 }), seatsAssigned: nullable(Type.Integer({ minimum: 0 })) })),
  measures: Type.Array(MeasureReading),
});
export type ProductHealth = Static<typeof ProductHealth>;

/** The whole published verdict on one account. */
export const HealthState = Type.Object({
  accountId: Id,
  healthScore: Points,
  rawScore: Points,
  adjustments: Type.Array(Type.Object({ kind: Type.Enum(['cap', 'override']), reason: Type.String(), points: Type.Number() })),
  /** All caps that hold, lowest first; absent where none does. The first counts, the others would in its place. */
  caps: Type.Optional(Type.Array(Type.Object({ id: Type.String(), limit: Type.Number({ minimum: 0, maximum: 100 }), reason: Type.String() }))),
  override: nullable(Type.Object({ id: Id, healthScore: Type.Number(), reason: Type.String(), expiresAt: Instant, by: Type.String() })),
  band: Band,
  riskLevel: RiskLevel,
  dataCoverage: Type.Number({ minimum: 0, maximum: 1 }),
  lowConfidence: Type.Boolean(),
  trend: Type.Enum(['rising', 'falling', 'flat']),
  strikes: Type.Object({ count: Type.Integer({ minimum: 0 }), groups: Type.Array(CauseGroup), savePlanReview: Type.Boolean() }),
  measures: Type.Array(MeasureReading),
  indicators: Type.Array(Indicator),
  /** By product, where signals name any. */
  products: Type.Optional(Type.Array(ProductHealth)),
  scorecard: Type.Object({ id: Type.String(), revision: Type.Integer({ minimum: 1 }) }),
  /** The account is on its way to the scorecard from another one: its weights count for `share`, those of the other for the rest; from `until` on it judges alone. */
  passage: Type.Optional(Type.Object({ from: Type.Object({ id: Type.String(), revision: Type.Integer({ minimum: 1 }) }), share: Type.Number({ minimum: 0, maximum: 1 }), until: Day })),
  asOf: Instant,
  version: Version,
});
export type HealthState = Static<typeof HealthState>;

/** A change of an account's risk, the public product. Under 20 KB. */
export const RiskChange = Type.Object({
  accountId: Id,
  from: RiskLevel,
  to: RiskLevel,
  healthScore: Points,
  reasons: Type.Array(
    Type.Object({
      indicator: Type.Optional(Type.String()),
      measure: Type.Optional(Type.String()),
      text: Type.String(),
      contribution: Type.Optional(Type.Number()),
      evidence: Type.Array(Id),
    }),
  ),
  cause: Type.Enum(['signal', 'time', 'revision', 'restatement', 'import', 'override']),
  strikes: Type.Object({ count: Type.Integer({ minimum: 0 }), groups: Type.Array(CauseGroup) }),
  renewalOn: nullable(Day),
  noticeOn: nullable(Day),
  arrMinor: nullable(MinorUnits),
  currency: nullable(Currency),
  scorecardRevision: Type.Object({ id: Type.String(), revision: Type.Integer({ minimum: 1 }) }),
  occurredAt: Instant,
  version: Version,
});
export type RiskChange = Static<typeof RiskChange>;

/** How one signal kind flows in over all accounts; `stale` means that its source itself has gone quiet. */
export const SourceState = Type.Object({
  kind: Id,
  state: Type.Enum(['alive', 'stale']),
  since: Instant,
  lastSeenAt: Instant,
  usualGapSeconds: Type.Number({ minimum: 0 }),
  version: Version,
});
export type SourceState = Static<typeof SourceState>;

/** One source (a write key's, all API keys, other producers): `quiet` since it broke its own rhythm. */
export const SenderState = Type.Object({
  sourceId: Id,
  name: Type.String(),
  state: Type.Enum(['active', 'quiet']),
  since: Instant,
  lastReceivedAt: Instant,
  version: Version,
});
export type SenderState = Static<typeof SenderState>;

/** `import.questioned`: an import changed so many contacts at once that a person is asked whether they did change; until then that raises nothing. */
export const ImportQuestioned = Type.Object({
  importId: Id,
  /** Contacts that were known before it. */
  known: Type.Integer({ minimum: 0 }),
  changed: Type.Integer({ minimum: 1 }),
  at: Instant,
  version: Version,
});
export type ImportQuestioned = Static<typeof ImportQuestioned>;
