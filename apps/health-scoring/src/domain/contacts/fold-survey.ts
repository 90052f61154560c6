import type { ContactFacts, Answer } from './contact-facts.js';
import { latest } from '../facts/mark.js';

/** An answer counts until the contact's next answer of the same type. */
export function foldAnswer(contact: ContactFacts, type: 'nps' | 'csat' | 'renewal_intent', answer: Answer): void {
  if (type === 'nps') contact.nps = latest(contact.nps, answer);
  else if (type === 'csat') contact.csat = latest(contact.csat, answer);
  else contact.intent = latest(contact.intent, answer);
}
