import { createHash } from 'node:crypto';
import type { Published } from '../domain/account-state.js';
import { tellingMove } from '../domain/next-look.js';
import { contentOf, movedTellingly, probabilitiesOf, type RenewalsDraft } from '../domain/published-renewals.js';

/** A verdict worth telling. */
export interface Publication {
  readonly draft: RenewalsDraft;
  readonly published: Published;
  /** Equal for verdicts that say the same, also where what was published is no longer known here. */
  readonly fingerprint: string;
}

/** What to publish of a verdict; null where readers know it already, or have nothing to know. */
export function publicationOf(draft: RenewalsDraft, before: Published | null): Publication | null {
  if (before === null && draft.renewals.length === 0 && draft.arrMinor === 0) return null;
  const content = createHash('sha256').update(contentOf(draft)).digest('base64url');
  if (before?.content === content && !movedTellingly(draft, before)) return null;
  const probabilities = probabilitiesOf(draft);
  const steps = Object.values(probabilities).map((probability) => Math.round(probability / tellingMove));
  return { draft, published: { content, probabilities }, fingerprint: JSON.stringify([content, steps]) };
}
