import { sortScorecards, type ScorecardsInForce } from '@perennial/health-scoring/domain/scorecard/choose-scorecard';
import { compileScorecard } from '@perennial/health-scoring/domain/scorecard/compile-scorecard';
import type { ChaosSystem } from '../system/system.js';

/** What judges now, as the system tells it to anybody who asks. */
export async function scorecardsInForce(system: ChaosSystem): Promise<ScorecardsInForce> {
  const { data } = await system.must<{ data: { id: string; revision: number | null }[] }>('GET', '/api/v1/scorecards?limit=100');
  const cards = await Promise.all(data.flatMap(({ id, revision }) => (revision === null ? [] : [cardOf(system, id, revision)])));
  return sortScorecards(cards);
}

async function cardOf(system: ChaosSystem, id: string, revision: number): Promise<ReturnType<typeof compileScorecard>> {
  const { document } = await system.must<{ document: object }>('GET', `/api/v1/scorecards/${id}/revisions/${revision}`);
  return compileScorecard(document, revision);
}
