import type { HealthState } from '@perennial/contracts/health';
import { hashOf } from '../codec/hash.js';

/**
 * What must differ for a verdict to be published: score to 0.1, band, risk level,
 * coverage class, strikes, indicators and their severity, override, score and band of each product.
 */
export function fingerprintOf(health: Omit<HealthState, 'version'>, coverage: { green: number; any: number }): string {
  const coverageClass = health.dataCoverage >= coverage.green ? 'full' : health.dataCoverage >= coverage.any ? 'low' : 'none';
  return [
    health.healthScore === null ? '-' : Math.round(health.healthScore * 10),
    health.band,
    health.riskLevel,
    coverageClass,
    health.strikes.groups.join('+'),
    health.strikes.savePlanReview ? 'review' : '',
    health.indicators.map((indicator) => `${indicator.id}${indicator.severe ? '!' : ''}`).join(','),
    health.override?.id ?? '',
    `${health.scorecard.id}@${health.scorecard.revision}`,
    ...(health.products ?? []).map(({ product, healthScore, band }) => `${product}:${healthScore === null ? '-' : Math.round(healthScore * 10)}${band}`),
  ].join('|');
}

/** 53 bits of a fingerprint, never 0: enough to tell one verdict of an account from the next. */
export const fingerprintNumber = (fingerprint: string): number => hashOf(fingerprint) * 2 ** 21 + (hashOf(`~${fingerprint}`) % 2 ** 21) + 1;
