import type { DayVerdict } from '../days/judge-day.js';
import type { Scorecard } from '../scorecard/scorecard.js';
import { isoDay, type EpochDay } from '../time/day.js';
import { bandOf } from '../verdict/band.js';
import { words } from '../words.js';

export type Light = 'red' | 'amber' | 'green' | 'unknown';

export interface MeasureLight {
  readonly measure: string;
  readonly light: Light;
  /** Null: no data, or the scorecard of the time does not have it. */
  readonly points: number | null;
}

export interface LightCause {
  readonly measure: string;
  readonly from: Light;
  readonly to: Light;
  readonly text: string;
}

export interface WeeklyLight {
  /** The Monday (ISO day) at whose 00:00 UTC it was taken. */
  readonly week: string;
  /** The worst of the three that are known. */
  readonly light: Light;
  readonly lights: readonly MeasureLight[];
  /** Every light that differs from the week before. */
  readonly causes: readonly LightCause[];
}

/** The last look before a Monday, and the bands of the scorecard that judged. */
export interface WeekEnd {
  readonly monday: EpochDay;
  readonly judged: Pick<DayVerdict, 'measures'>;
  readonly bands: Scorecard['bands'];
}

const worstFirst: readonly Light[] = ['red', 'amber', 'green'];

/** A light a week by the chosen measures, oldest first. The first has no causes: nothing is known of what was before. */
export function weeklyLights(weeks: readonly WeekEnd[], chosen: readonly string[]): WeeklyLight[] {
  let before: readonly MeasureLight[] | null = null;
  return weeks.map(({ monday, judged, bands }) => {
    const lights = chosen.map((measure): MeasureLight => {
      const pointsBp = judged.measures.find(({ definition }) => definition.id === measure)?.pointsBp ?? null;
      return { measure, light: bandOf(pointsBp, bands), points: pointsBp === null ? null : pointsBp / 100 };
    });
    const causes = before === null ? [] : causesOf(before, lights);
    before = lights;
    return { week: isoDay(monday), light: worstFirst.find((light) => lights.some((one) => one.light === light)) ?? 'unknown', lights, causes };
  });
}

function causesOf(before: readonly MeasureLight[], after: readonly MeasureLight[]): LightCause[] {
  return after.flatMap(({ measure, light, points }, i) => {
    const was = before[i]!;
    return was.light === light ? [] : [{ measure, from: was.light, to: light, text: words.explain.light(measure, was, { light, points }) }];
  });
}
