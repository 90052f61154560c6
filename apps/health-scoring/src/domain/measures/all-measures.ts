import { csmSentiment } from './csm-sentiment.js';
import { executiveTouch } from './executive-touch.js';
import { goalAttainment } from './goal-attainment.js';
import { licenseUtilisation } from './license-utilisation.js';
import type { Measure } from './measure.js';
import { milestonesOnTime } from './milestones-on-time.js';
import { multithreading } from './multithreading.js';
import { renewalIntent } from './renewal-intent.js';
import { survey } from './survey.js';
import { ticketLoad } from './ticket-load.js';
import { touches } from './touches.js';
import { usageLevel } from './usage-level.js';

/** Every measure a scorecard may name. */
export const allMeasures: readonly Measure[] = [
  goalAttainment, milestonesOnTime, licenseUtilisation, usageLevel, survey, renewalIntent, touches, executiveTouch, ticketLoad, csmSentiment, multithreading,
];

export const measureById: ReadonlyMap<string, Measure> = new Map(allMeasures.map((measure) => [measure.id, measure]));
