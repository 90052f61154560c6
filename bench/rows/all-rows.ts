import { coalescer } from './coalescer.js';
import { crash } from './crash.js';
import { edge } from './edge.js';
import { hop } from './hop.js';
import { pipeline } from './pipeline.js';
import type { Row } from './row.js';
import { scored } from './scored.js';
import { simulated } from './simulated.js';
import { streams } from './streams.js';
import { growth, memory } from './sizes.js';
import { telemetry } from './telemetry.js';
import { webhook } from './webhook.js';
import { whole } from './whole.js';

/** Every row of the table, in its order. */
export const allRows: readonly Row[] = [edge, coalescer, pipeline, streams, scored, simulated, growth, memory, crash, hop, whole, telemetry, webhook];
