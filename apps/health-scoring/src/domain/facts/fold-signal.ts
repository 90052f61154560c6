import type { Signal, SignalOf } from '@perennial/contracts/signal';
import { changeContact, markActive } from '../contacts/change-contact.js';
import { foldMissed, foldPerson, foldContactTouch } from '../contacts/fold-person.js';
import { foldAnswer } from '../contacts/fold-survey.js';
import type { AccountHealthState } from '../state.js';
import { weekdayOf, weekOf } from '../time/account-week.js';
import { dayOf, parseInstant } from '../time/day.js';
import { foldActivity, isTouch } from './fold-activity.js';
import { foldContract } from './fold-contract.js';
import { foldTouch } from './fold-engagement.js';
import { foldFeature } from './fold-feature.js';
import { foldGoal } from './fold-goal.js';
import { foldInvoice } from './fold-invoice.js';
import { foldLicense } from './fold-license.js';
import { latest, type Mark } from './mark.js';
import { foldMetric } from './fold-metric.js';
import { foldMilestone } from './fold-milestone.js';
import { foldOpportunity } from './fold-opportunity.js';
import { foldProduct } from '../products/product-facts.js';
import { foldProductUse } from './fold-product-use.js';
import { foldPulse } from './fold-pulse.js';
import { addTo } from './ring.js';
import { foldTicket } from './fold-ticket.js';
import { foldUsage } from './fold-usage.js';

/** Answers without a person count as those of one unknown contact. */
const someone = '';

/** Contacts that the signal says something about. */
export function contactIdsOf(signal: Signal): readonly string[] {
  switch (signal.kind) {
    case 'usage':
    case 'person':
      return signal.personId === null ? [] : [signal.personId];
    case 'survey':
      return [signal.personId ?? someone];
    case 'engagement': {
      const ids = new Set(signal.data.attendees?.map((attendee) => attendee.personId));
      if (signal.personId !== null) ids.add(signal.personId);
      return [...ids];
    }
    default:
      return [];
  }
}

/** Folds one signal into the facts of its account. A new kind gets its case here and its own file beside it. */
export function foldSignal(state: AccountHealthState, signal: Signal, keyFeatures: readonly string[]): void {
  const { facts } = state;
  const mark: Mark = { at: parseInstant(signal.occurredAt), id: signal.id };
  const day = dayOf(mark.at);
  if (facts.firstDay === null || day < facts.firstDay) facts.firstDay = day;
  foldActivity(facts.activity, signal, day, mark);
  foldProduct(state, signal, day, mark);
  switch (signal.kind) {
    case 'usage':
      foldUsage(facts.usage, signal, day, weekdayOf(state.accountId));
      facts.lastUsage = latest(facts.lastUsage, mark);
      if (signal.product !== null) foldProductUse(facts.productUse, signal.product, mark);
      if (signal.personId !== null) markActive(state, signal.personId, day, signal.product, signal.data.feature);
      if (signal.data.feature !== undefined && keyFeatures.includes(signal.data.feature)) {
        foldFeature(state, signal.data.feature, signal.personId, weekOf(day, weekdayOf(state.accountId)), mark);
      }
      return;
    case 'license':
      return foldLicense(facts.licenses, signal, mark);
    case 'ticket':
      return foldTicket(facts.tickets, facts.opened, signal, mark);
    case 'survey':
      return foldSurvey(state, signal, mark);
    case 'engagement':
      return foldEngagement(state, signal, mark);
    case 'person':
      if (signal.personId !== null) changeContact(state, signal.personId, (contact) => foldPerson(contact, signal, mark));
      return;
    case 'milestone':
      return foldMilestone(facts.milestones, signal, mark);
    case 'metric':
      return foldMetric(facts.metrics, signal, mark);
    case 'pulse':
      facts.pulse = foldPulse(facts.pulse, signal, mark);
      return;
    case 'invoice':
      return foldInvoice(facts.invoices, signal, mark);
    case 'contract':
      return foldContract(facts.contracts, signal, mark);
    case 'goal':
      return foldGoal(facts.goals, signal, mark);
    case 'opportunity':
      return foldOpportunity(facts.opportunities, signal, mark);
    case 'note':
      return;
  }
}

function foldSurvey(state: AccountHealthState, signal: SignalOf<'survey'>, mark: Mark): void {
  const { type, score } = signal.data;
  if (type === 'ces') return;
  changeContact(state, signal.personId ?? someone, (contact) => foldAnswer(contact, type, { ...mark, score }));
  if (type === 'nps') {
    const week = weekOf(dayOf(mark.at), weekdayOf(state.accountId));
    addTo(state.facts.npsCount, week, 1);
    addTo(state.facts.npsSum, week, Math.round(score * 100));
  }
}

function foldEngagement(state: AccountHealthState, signal: SignalOf<'engagement'>, mark: Mark): void {
  const { outcome, attendees, type } = signal.data;
  const touch = isTouch(signal);
  if (touch) foldTouch(state.facts.touches, signal, dayOf(mark.at), mark);
  const missed = outcome === 'no_show' || outcome === 'declined';
  if (!touch && !missed) return;
  for (const personId of contactIdsOf(signal)) {
    const role = attendees?.find((attendee) => attendee.personId === personId)?.role ?? null;
    changeContact(state, personId, (contact) => {
      if (touch) foldContactTouch(contact, mark, type, role);
      else foldMissed(contact, mark);
    });
  }
}
