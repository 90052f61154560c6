import type { Estimate } from '@perennial/health-scoring/domain/backtest/auc';
import type { BacktestDifference } from '@perennial/health-scoring/domain/backtest/backtest-difference';
import type { Days } from '@perennial/health-scoring/domain/backtest/red-figures';
import type { Share } from '@perennial/health-scoring/domain/backtest/share';

/** The lines that hold a draft against how contracts ended. Null: the simulation is older than such figures. */
export function differenceLines(difference: BacktestDifference | null): string[] {
  if (difference === null) return [];
  const { terms, losses, text, leads, red } = difference;
  const lines = ['', `would it have warned: ${terms.toLocaleString('en-US')} terms that ended, ${losses.toLocaleString('en-US')} of them lost; in force -> draft`, `  ${text}`];
  if (terms === 0) return lines;
  for (const { text: found, inForce, draft, growth, lossRate } of leads) {
    lines.push(`  ${found}`);
    if (inForce.precision ?? draft.precision) lines.push(`    of the red ones lost: ${shareOf(inForce.precision)} -> ${shareOf(draft.precision)}${grown(growth.precision)}; of all lost: ${shareOf(lossRate)}`);
    if (inForce.recall ?? draft.recall) lines.push(`    of the lost ones red: ${shareOf(inForce.recall)} -> ${shareOf(draft.recall)}${grown(growth.recall)}`);
  }
  lines.push(`  days from red to the notice date, of losses: ${daysOf(red.leadDays.inForce)} -> ${daysOf(red.leadDays.draft)}${red.earlier === null ? '' : `; of those red by both, earlier by ${daysOf(red.earlier)}`}`);
  lines.push(`  losses never red: ${shareOf(red.neverRed.inForce)} -> ${shareOf(red.neverRed.draft)}${grown(red.neverRedGrowth)}`);
  return lines;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const signed = (share: number): string => `${share < 0 ? '' : '+'}${Math.round(share * 100)}`;
const shareOf = (share: Share | null): string => (share === null ? 'nothing to say' : `${percent(share.share)} (${share.count} of ${share.of}; ${percent(share.low)} to ${percent(share.high)})`);
const daysOf = (days: Days | null): string => (days === null ? 'too few to say' : `${days.median} (${days.low} to ${days.high})`);
const grown = (growth: Estimate | null): string => (growth === null ? '' : `, by ${signed(growth.low)} to ${signed(growth.high)} points`);
