import { Type } from 'typebox';
import type { Answer } from '../contacts/contact-facts.js';
import { nameOf, rolesOf, worryingIntent } from '../contacts/contact-facts.js';
import { isDecisionMaker } from '../contacts/roles.js';
import { dayMs } from '../time/day.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const noRenewalIntent = defineIndicator({
  kind: 'no_renewal_intent',
  group: 'voice',
  dismissable: true,
  // Of contacts without a role only those who answer below that are kept in sight.
  settings: Type.Object({ atMost: Type.Number({ exclusiveMaximum: worryingIntent }), cleared: Type.Number({ maximum: worryingIntent }), validityDays: Type.Number() }, { additionalProperties: false }),
  judge(view, { atMost, cleared, validityDays }, { active }) {
    const no: { answer: Answer; personId: string; decides: boolean; name: string }[] = [];
    for (const contact of view.stakeholders) {
      const answer = contact.intent;
      if (answer === null) continue;
      const until = answer.at + validityDays * dayMs;
      if (until <= view.asOf) continue;
      const stays = active?.subject === contact.personId && answer.score < cleared;
      if (answer.score > atMost && !stays) continue;
      view.changesAt(until);
      no.push({ answer, personId: contact.personId, decides: isDecisionMaker(rolesOf(contact)), name: nameOf(contact) });
    }
    const worst = no.reduce<(typeof no)[number] | null>((a, b) => {
      if (a === null || (b.decides && !a.decides)) return b;
      return b.decides === a.decides && b.answer.score < a.answer.score ? b : a;
    }, null);
    if (worst === null) return null;
    const newsAt = Math.max(...no.map(({ answer }) => answer.at));
    return {
      severe: no.some(({ decides }) => decides),
      subject: worst.personId,
      text: words.intent.no(no.map(({ name }) => name)),
      evidence: no.map(({ answer }) => answer.id),
      validUntil: newsAt + validityDays * dayMs,
      newsAt,
    };
  },
});
