import { trackOf, type PlaybookDocument } from './playbook-document.js';
import { decided } from './decide.js';
import type { Run, Thread } from './run.js';

/** A save-plan review as `plans` publishes it. */
export interface SavePlanReview {
  /** Id of the thread that is its reason. */
  readonly id: string;
  readonly state: 'open' | 'decided';
  /** Strike groups it is about: those active when it was opened, and every one added while it was open. */
  readonly groups: readonly string[];
  readonly openedAt: string;
  readonly decidedAt: string | null;
  readonly decision: string | null;
}

/**
 * Whether strikes in `groups` call for another review: not while one is open, and after a decision only for
 * a group that no decided one was about (health-scoring calls for reviews by the same rule).
 */
export function needsReview(reviews: readonly SavePlanReview[], groups: readonly string[]): boolean {
  if (reviews.some((review) => review.state === 'open')) return false;
  const settled = reviews.filter((review) => review.state === 'decided');
  return settled.length === 0 || groups.some((group) => settled.every((review) => !review.groups.includes(group)));
}

/**
 * An account's reviews after a change of `run`: those of other runs stay. A review whose account became
 * green before anybody decided it is withdrawn: it leaves the list and shuts nothing.
 */
export function reviewsAfter(reviews: readonly SavePlanReview[], run: Run, document: PlaybookDocument): readonly SavePlanReview[] {
  const threads = run.threads.filter((thread) => trackOf(document, thread.track)?.trigger.on === 'savePlanReview');
  if (threads.length === 0) return reviews;
  const own = new Set(threads.map((thread) => thread.id));
  const current = threads.map((thread) => reviewOf(thread, document)).filter((review) => review !== null);
  return [...reviews.filter((review) => !own.has(review.id)), ...current];
}

function reviewOf(thread: Thread, document: PlaybookDocument): SavePlanReview | null {
  const base = { id: thread.id, groups: thread.facts.groups ?? [], openedAt: thread.raisedAt };
  if (thread.cleared === null) return { ...base, state: 'open', decidedAt: null, decision: null };
  if (thread.cleared.outcome !== decided) return null;
  const trigger = trackOf(document, thread.track)?.trigger;
  const task = thread.steps.find((step) => step.kind === 'task' && trigger?.on === 'savePlanReview' && step.step === trigger.decision);
  const words = task?.kind === 'task' ? (task.reason ?? task.state) : decided;
  return { ...base, state: 'decided', decidedAt: thread.cleared.at, decision: words };
}
