import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import type { HealthScoringConfig } from '../config.js';
import { csmLedScorecard } from '../domain/scorecard/csm-led.js';
import { shippedIndicatorSet } from '../domain/indicators/shipped-indicator-set.js';
import type { LookContext } from '../domain/look.js';

/** Which scorecard and indicators judge, and whether anybody is told. */
@Injectable()
export class ScoringPolicy {
  constructor(@Inject(CONFIG) private readonly config: HealthScoringConfig) {}

  current(): Pick<LookContext, 'scorecard' | 'indicatorSet' | 'observe'> {
    return { scorecard: csmLedScorecard, indicatorSet: shippedIndicatorSet, observe: this.config.observe };
  }
}
