import { cloudeventsSetUps } from './cloudevents-set-ups.js';
import { posthogSetUps } from './posthog-set-ups.js';
import { otherSetUps } from './other-set-ups.js';
import { rudderstackSetUps } from './rudderstack-set-ups.js';
import { segmentSetUps } from './segment-set-ups.js';
import type { SetUp } from './set-up.js';

/** Every way to send that is proved here and shown in docs/sources.md. */
export const setUps: readonly SetUp[] = [...segmentSetUps, ...rudderstackSetUps, ...posthogSetUps, ...cloudeventsSetUps, ...otherSetUps];
