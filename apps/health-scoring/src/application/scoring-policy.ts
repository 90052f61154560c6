import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import type { HealthScoringConfig } from '../config.js';
import type { LookContext } from '../domain/look.js';
import { chooseScorecards, sortScorecards } from '../domain/scorecard/choose-scorecard.js';
import { compileScorecard } from '../domain/scorecard/compile-scorecard.js';
import type { AccountHealthState } from '../domain/state.js';
import { shippedScorecards } from '../scorecards/shipped-scorecards.js';

/** Which scorecards judge, and whether anybody is told. */
@Injectable()
export class ScoringPolicy {
  private readonly inForce = sortScorecards(shippedScorecards.map(({ document, edition }) => compileScorecard(document, edition)));

  constructor(@Inject(CONFIG) private readonly config: HealthScoringConfig) {}

  /** What judges the account as of `asOf`. */
  of(state: AccountHealthState, asOf: Date): Pick<LookContext, 'scorecard' | 'shadows' | 'observe'> {
    return { ...chooseScorecards(state, asOf.getTime(), this.inForce), observe: this.config.observe };
  }
}
