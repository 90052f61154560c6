import { EnvironmentReader, type Environment } from '@perennial/service-kit/environment';

export interface RenewalForecastingConfig {
  /** The one currency of this deployment (ISO 4217). */
  readonly reportingCurrency: string;
  /** The company's own renewal rate per term, in (0, 1); null: the one of the shipped prior. */
  readonly ownRates: { readonly shortTerm: number | null; readonly longTerm: number | null };
}

export function parseRenewalForecastingConfig(env: Environment): { config: RenewalForecastingConfig; faults: string[] } {
  const reader = new EnvironmentReader(env);
  const faults: string[] = [];
  const reportingCurrency = reader.text('REPORTING_CURRENCY', 'USD');
  if (!/^[A-Z]{3}$/.test(reportingCurrency)) faults.push('REPORTING_CURRENCY must be an ISO 4217 code such as USD');
  const rate = (name: string): number | null => {
    const text = reader.optional(name);
    if (text === null) return null;
    const value = Number(text);
    if (value > 0 && value < 1) return value;
    faults.push(`${name} must be a share between 0 and 1, such as 0.9`);
    return null;
  };
  const ownRates = { shortTerm: rate('RENEWAL_RATE_SHORT_TERM'), longTerm: rate('RENEWAL_RATE_LONG_TERM') };
  return { config: { reportingCurrency, ownRates }, faults: [...reader.faults, ...faults] };
}
