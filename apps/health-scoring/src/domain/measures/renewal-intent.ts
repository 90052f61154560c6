import { Type } from 'typebox';
import { nameOf, rolesOf } from '../contacts/contact-facts.js';
import { isDecisionMaker, isStakeholder } from '../contacts/roles.js';
import { words } from '../words.js';
import { defineMeasure, missing } from './measure.js';

export const renewalIntent = defineMeasure({
  id: 'renewal_intent',
  family: 'sentiment',
  unit: 'of 10',
  restsOn: ['survey'],
  settings: Type.Object({}, { additionalProperties: false }),
  read(view) {
    const asked = view.stakeholders.filter((contact) => contact.intent !== null);
    let lowest: { score: number; name: string; id: string } | null = null;
    let newest = -Infinity;
    for (const contact of asked) {
      const { intent } = contact;
      if (intent === null || !isDecisionMaker(rolesOf(contact))) continue;
      newest = Math.max(newest, intent.at);
      if (lowest === null || intent.score < lowest.score) lowest = { score: intent.score, name: nameOf(contact), id: intent.id };
    }
    if (lowest !== null) {
      return { found: true, value: lowest.score, text: words.intent.lowest(lowest.score, lowest.name), evidence: { signalIds: [lowest.id] }, answeredAt: newest };
    }
    const others = view.facts.cohort.others.intent;
    let sum = others.sum / 100;
    let count = others.count;
    for (const contact of asked) {
      if (contact.intent === null || !isStakeholder(rolesOf(contact))) continue;
      sum += contact.intent.score;
      count += 1;
    }
    const mark = view.facts.cohort.newest.intent;
    if (count === 0 || mark === null) return missing(words.intent.none);
    return { found: true, value: sum / count, text: words.intent.mean(sum / count, count), evidence: count === 1 ? { signalIds: [mark.id] } : { query: 'kind=survey' }, answeredAt: mark.at };
  },
  goesBy: () => ['answers', 'roles'],
});
