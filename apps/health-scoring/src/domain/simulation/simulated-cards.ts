import type { KeptDay } from '../days/day-codec.js';
import { unreadIn } from '../days/reading-plan.js';
import { indicatorByKind } from '../indicators/all-indicators.js';
import { sortScorecards } from '../scorecard/choose-scorecard.js';
import { canonical, compileScorecard, type CompiledScorecard, type ScorecardRef } from '../scorecard/compile-scorecard.js';
import type { Scorecard } from '../scorecard/scorecard.js';

export interface NumberedDocument {
  readonly revision: number;
  readonly document: Scorecard;
}

/** Both sides of a simulation: what judges now, and what would with the draft in its place. */
export interface SimulatedCards {
  readonly inForce: readonly CompiledScorecard[];
  readonly draft: readonly CompiledScorecard[];
  /** Names what a kept day cannot answer of the scorecard, as `measures.touches` or `indicators.usage_drop`. */
  readonly unansweredBy: (day: KeptDay, card: CompiledScorecard) => readonly string[];
}

/**
 * The draft takes the place of the scorecard with its id, or joins. One in shadow is simulated as if it judged whom its criteria are
 * for. `judged`: the revisions that days were judged by, as far as they are known.
 */
export function simulatedCards(inForce: readonly NumberedDocument[], draft: NumberedDocument, judged: readonly NumberedDocument[]): SimulatedCards {
  const now = compiled(inForce);
  const others = inForce.filter(({ document }) => document.id !== draft.document.id).map((card) => now.find(({ id }) => id === card.document.id)!);
  const [next] = compiled([{ ...draft, document: { ...draft.document, role: 'primary' } }]);
  const documents = new Map(judged.map(({ document, revision }) => [refKey({ id: document.id, revision }), document]));
  const known = new WeakMap<CompiledScorecard, Map<string, readonly string[]>>();
  return {
    inForce: sortScorecards(now).primary,
    draft: sortScorecards([...others, next!]).primary,
    unansweredBy({ judgedBy, facts: { plan } }, card) {
      let ofCard = known.get(card);
      if (ofCard === undefined) known.set(card, (ofCard = new Map<string, readonly string[]>()));
      const key = `${plan.id} ${refKey(judgedBy)}`;
      let found = ofCard.get(key);
      if (found === undefined) {
        const own = documents.get(refKey(judgedBy));
        found = [...unreadIn(plan, card).map((id) => `measures.${id}`), ...card.indicators.filter((entry) => own === undefined || !isJudgedAlike(entry.kind, card, own)).map(({ kind }) => `indicators.${kind}`)];
        ofCard.set(key, found);
      }
      return found;
    },
  };
}

const refKey = ({ id, revision }: ScorecardRef): string => `${id}@${revision}`;
const compiled = (cards: readonly NumberedDocument[]): CompiledScorecard[] => cards.map(({ document, revision }) => compileScorecard(document, revision));

/** True where the day's scorecard raised and cleared indicators of the kind as the other one would have. */
function isJudgedAlike(kind: string, card: CompiledScorecard, own: Scorecard): boolean {
  const settingsIn = (of: { readonly indicators: readonly { readonly kind: string; readonly settings: object }[] }): object | undefined => of.indicators.find((entry) => entry.kind === kind)?.settings;
  const [mine, theirs] = [settingsIn(card), settingsIn(own)];
  if (mine === undefined || theirs === undefined || canonical(mine) !== canonical(theirs)) return false;
  return indicatorByKind.get(kind)?.byTargets !== true || canonical([card.tiers, card.defaultTier]) === canonical([own.tiers, own.defaultTier]);
}
