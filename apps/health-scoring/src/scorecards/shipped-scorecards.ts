import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { scorecardFaults } from '../domain/scorecard/check-scorecard.js';
import type { Scorecard } from '../domain/scorecard/scorecard.js';

/** A scorecard that comes with the software. A change of its document takes the next edition. */
export interface ShippedScorecard {
  readonly document: Scorecard;
  readonly edition: number;
}

const folder = join(import.meta.dirname, '../../scorecards');

/** Throws when a document cannot judge. */
function shipped(name: string, edition: number): ShippedScorecard {
  const document = parse(readFileSync(join(folder, `${name}.yaml`), 'utf8')) as Scorecard;
  const [fault] = scorecardFaults(document);
  if (fault) throw new Error(`the shipped scorecard ${name} is broken at ${fault.pointer}: ${fault.detail}`);
  return { document, edition };
}

/** Newest edition of each. */
export const shippedScorecards: readonly ShippedScorecard[] = [shipped('csm-led', 3), shipped('goals-only', 1), shipped('digital', 3), shipped('onboarding', 3)];
