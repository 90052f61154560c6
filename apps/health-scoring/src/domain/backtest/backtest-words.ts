import type { Estimate } from './auc.js';
import type { Finding } from './finding.js';
import type { Share } from './share.js';

/** Every sentence of a backtest, in one place. Plain words: what may be said, and what not. */

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const signed = (share: number): string => `${share < 0 ? '' : '+'}${Math.round(share * 100)}`;
const area = (value: number): string => (Math.round(value * 100) / 100).toFixed(2);
const between = ({ low, high }: Pick<Estimate, 'low' | 'high'>, write: (value: number) => string): string => `${write(low)} to ${write(high)}`;
const shareWith = (share: Share): string => `${percent(share.share)} (${share.count} of ${share.of}; ${between(share, percent)})`;
const nameOf = (id: string): string => id.replaceAll('_', ' ');

export const backtestWords = {
  lead(finding: Finding, { leadDays, terms, losses }: { readonly leadDays: number; readonly terms: number; readonly losses: number }, auc: Estimate | null): string {
    const when = `${leadDays} days before the notice date`;
    if (finding === 'too_few' || auc === null) return `Too few outcomes ${when}: ${losses} lost and ${terms - losses} renewed; ten accounts of each are needed`;
    const drawn = `a lost account had the lower score in ${percent(auc.value)} of pairs (${between(auc, percent)})`;
    if (finding === 'signal') return `The score told losses from renewals ${when}: ${drawn}`;
    if (finding === 'reversed') return `The score pointed the wrong way ${when}: ${drawn}`;
    return `No signal ${when}: ${drawn}, which chance alone explains`;
  },
  book(finding: Finding): string {
    if (finding === 'too_few') return 'Too few outcomes to say whether the score predicts anything: ten lost and ten renewed accounts are needed at one of the lead times';
    if (finding === 'signal') return 'The score tells losses from renewals';
    if (finding === 'reversed') return 'The score points the wrong way: accounts that were lost had the higher scores';
    return 'No signal: what the score says of losses and renewals may be chance. Do not act on it as a forecast';
  },
  indicator(finding: Finding, kind: string, precision?: Share, otherwise?: Share): string {
    if (precision === undefined || otherwise === undefined) return `Too few outcomes to say what ${nameOf(kind)} is worth: ten accounts with it and ten without are needed, ten lost and ten renewed`;
    const rates = `${shareWith(precision)} of terms with it were lost, ${shareWith(otherwise)} of those without`;
    if (finding === 'signal') return `${nameOf(kind)} warns of losses: ${rates}`;
    if (finding === 'reversed') return `${nameOf(kind)} stood where accounts renewed: ${rates}`;
    return `No signal in ${nameOf(kind)}: ${rates}, which chance alone explains`;
  },
  added(finding: Finding, measure: string, gain: Estimate | null): string {
    if (gain === null) return `Too few outcomes to say what ${nameOf(measure)} adds to goals alone`;
    const grown = `area under the curve ${gain.value < 0 ? '' : '+'}${area(gain.value)} (${between(gain, area)})`;
    if (finding === 'signal') return `${nameOf(measure)} adds to goals alone: ${grown}`;
    if (finding === 'reversed') return `${nameOf(measure)} makes goals alone worse: ${grown}`;
    return `Nothing shows that ${nameOf(measure)} adds to goals alone: ${grown}`;
  },
  difference: {
    lead(finding: string, leadDays: number, inForce: number, draft: number, growth: Estimate, areBothBlind: boolean): string {
      const when = `${leadDays} days before the notice date`;
      const seen = `a lost account had the lower score in ${percent(inForce)} of pairs by what is in force and in ${percent(draft)} by the draft (by ${between(growth, signed)} points)`;
      if (finding === 'better') return `The draft tells losses from renewals better ${when}: ${seen}`;
      if (finding === 'worse') return `The draft tells losses from renewals worse ${when}: ${seen}`;
      return `No difference that chance alone does not explain ${when}: ${seen}${areBothBlind ? '; and neither tells losses from renewals' : ''}`;
    },
    book(finding: string): string {
      if (finding === 'too_few') return 'Too few outcomes to say whether the draft would have warned better: ten lost and ten renewed accounts are needed at one of the lead times';
      if (finding === 'better') return 'The draft would have told losses from renewals better';
      if (finding === 'worse') return 'The draft would have told losses from renewals worse';
      if (finding === 'mixed') return 'The draft would have told losses from renewals better at one lead time and worse at another';
      return 'Nothing shows that the draft would have warned better or worse: the difference may be chance';
    },
  },
  drivers: {
    tooFew: (fewest: number): string => `Too few outcomes to rank what drives loyalty: ${fewest} lost and ${fewest} renewed accounts are needed`,
    none: 'No measure is related to renewal in a way that holds when half of the accounts is left out',
    found: (ids: readonly string[]): string => `Related to renewal whichever half of the accounts is left out: ${ids.map(nameOf).join(', ')}`,
    sparse: (known: number): string => `Known for ${percent(known)} of terms only: not ranked`,
    stable: (share: number): string => `Chosen in ${percent(share)} of the half-samples`,
    against: 'higher points went with losses',
    follows: 'related to the outcome only shortly before it: it may follow the decision instead of driving it',
  },
};
