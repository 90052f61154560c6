import type { Indicator } from '@perennial/contracts/health';
import type { AccountRow, DemoSystem } from './demo-system.js';
import { money } from './tell-renewal.js';
import type { StoryTeller } from './story-teller.js';

const columns = [['risk', 7], ['health', 6], ['account', 18], ['owner', 13], ['ARR', 8], ['renews', 10], ['notice by', 10]] as const;

/** The portfolio as the API orders it, worst first, each risk with its first reason. */
export async function tellBook(teller: StoryTeller, system: DemoSystem, rows: readonly AccountRow[]): Promise<void> {
  const titles = columns.map(([title, width]) => (title === 'health' || title === 'ARR' ? title.padStart(width) : title.padEnd(width)));
  teller.line(`   ${teller.style('dim', titles.join('  ').trimEnd())}`);
  const reasons = await Promise.all(rows.map(async ({ id }) => leading(await system.indicators(id))));
  rows.forEach((row, i) => {
    const cells = [
      teller.level(row.riskLevel, 7),
      (row.healthScore === null ? '-' : row.healthScore.toFixed(1)).padStart(6),
      (row.name ?? row.id).padEnd(18),
      (row.ownerId ?? '-').padEnd(13),
      money(row.arrMinor, null).padStart(8),
      (row.renewalOn ?? '-').padEnd(10),
      row.noticeOn ?? '-',
    ];
    teller.line(`   ${cells.join('  ')}`.trimEnd());
    const reason = reasons[i];
    if (reason) teller.aside(reason, 20);
  });
}

/** What a manager would ask about first: severe before not, risks before homework. */
function leading(indicators: readonly Indicator[]): string | null {
  const weight = ({ group, severe }: Indicator): number => (group === 'hygiene' ? 0 : group === 'opportunity' ? -1 : severe ? 2 : 1);
  return [...indicators].sort((a, b) => weight(b) - weight(a))[0]?.text ?? null;
}
