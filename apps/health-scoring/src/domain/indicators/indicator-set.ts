import { Type, type Static } from 'typebox';

/** Which indicators are judged, with every number that raises or clears them. */
export const IndicatorSet = Type.Object({
  id: Type.String({ minLength: 1 }),
  revision: Type.Integer({ minimum: 1 }),
  description: Type.String(),
  indicators: Type.Array(
    Type.Object({
      kind: Type.String(),
      /** Checked against the indicator's own schema. */
      settings: Type.Record(Type.String(), Type.Unknown()),
    }, { additionalProperties: false }),
  ),
}, { additionalProperties: false });
export type IndicatorSet = Static<typeof IndicatorSet>;
