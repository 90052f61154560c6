import type { CellContext } from '../cell.js';

export const weighed = 'csm-led';

interface Revision {
  readonly revision: number;
  readonly document: { readonly measures: readonly { readonly weight: number }[] };
}

/** Publishes the scorecard that judges the cell's accounts with the weights of its measures dealt anew. Answers the revisions in force before and now. */
export async function publishOtherWeights({ system, random }: CellContext): Promise<{ readonly before: number; readonly now: number }> {
  const { revision, document } = await system.must<Revision>('GET', `/api/v1/scorecards/${weighed}`);
  const weights = random.shuffled(document.measures.map(({ weight }) => weight));
  const measures = document.measures.map((measure, at) => ({ ...measure, weight: weights[at] }));
  const publish = { reason: 'chaos', expectedRevision: revision };
  const made = await system.must<Revision>('POST', '/api/v1/scorecards', { document: { ...document, measures }, publish });
  return { before: revision, now: made.revision };
}
