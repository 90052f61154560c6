import { activation } from './activation.js';
import { csmSentiment } from './csm-sentiment.js';
import { executiveTouch } from './executive-touch.js';
import { goalAttainment } from './goal-attainment.js';
import { goalsRecorded } from './goals-recorded.js';
import { keyFeatures } from './key-features.js';
import { licenseUtilisation } from './license-utilisation.js';
import type { Measure } from './measure.js';
import { milestonesOnTime } from './milestones-on-time.js';
import { multithreading } from './multithreading.js';
import { payment } from './payment.js';
import { renewalIntent } from './renewal-intent.js';
import { survey } from './survey.js';
import { ticketLoad } from './ticket-load.js';
import { ticketTrend } from './ticket-trend.js';
import { touches } from './touches.js';
import { usageLevel } from './usage-level.js';

/** Every measure a scorecard may name. */
export const allMeasures: readonly Measure[] = [
  goalAttainment, milestonesOnTime, licenseUtilisation, usageLevel, survey, renewalIntent, touches, executiveTouch, ticketLoad, csmSentiment, multithreading,
  keyFeatures, ticketTrend, activation, payment, goalsRecorded,
];

export const measureById: ReadonlyMap<string, Measure> = new Map(allMeasures.map((measure) => [measure.id, measure]));
