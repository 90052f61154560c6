import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@perennial/service-kit/service';
import type { RenewalForecastingConfig } from '../config.js';
import { withOwnRates, type PriorDocument } from '../domain/prior-document.js';
import { shippedPolicy, type RenewalPolicy } from '../domain/renewal.js';
import { shippedPrior } from '../domain/shipped-prior.js';

/** The documents that forecasts rest on. */
@Injectable()
export class ForecastingPolicy {
  readonly prior: PriorDocument;
  readonly renewals: RenewalPolicy = shippedPolicy;

  constructor(@Inject(CONFIG) config: RenewalForecastingConfig) {
    this.prior = withOwnRates(shippedPrior, config.ownRates);
  }
}
