import { Type } from 'typebox';
import type { Answer } from '../contacts/contact-facts.js';
import { rolesOf } from '../contacts/contact-facts.js';
import { hasRole, isStakeholder, type Role, type RoleSet } from '../contacts/roles.js';
import { words } from '../words.js';
import { defineMeasure, missing } from './measure.js';

const RoleWeight = Type.Number({ exclusiveMinimum: 0 });
const roles = ['executive_sponsor', 'budget_holder', 'champion', 'power_user', 'influencer'] as const satisfies readonly Role[];

/** CSAT 1-5 on the scale of NPS. */
const asTen = (type: 'nps' | 'csat', score: number): number => (type === 'nps' ? score : Math.min(10, Math.max(0, 2.5 * (score - 1))));

export const survey = defineMeasure({
  id: 'survey',
  family: 'sentiment',
  unit: 'of 10',
  restsOn: ['survey'],
  settings: Type.Object({
    weights: Type.Object({ executive_sponsor: RoleWeight, budget_holder: RoleWeight, champion: RoleWeight, power_user: RoleWeight, influencer: RoleWeight }, { additionalProperties: false }),
    otherWeight: RoleWeight,
    /** All contacts without a stakeholder's role weigh at most this together, for each type. */
    othersTogether: RoleWeight,
  }, { additionalProperties: false }),
  read(view, settings) {
    const weightOf = (set: RoleSet): number => Math.max(...roles.map((role) => (hasRole(set, role) ? settings.weights[role] : 0)));
    let sum = 0;
    let weights = 0;
    let answers = 0;
    let newest: Answer | { at: number; id: string } | null = null;
    const ids: string[] = [];
    for (const type of ['nps', 'csat'] as const) {
      for (const contact of view.stakeholders) {
        const answer = contact[type];
        const set = rolesOf(contact);
        if (answer === null || !isStakeholder(set)) continue;
        const weight = weightOf(set);
        sum += weight * asTen(type, answer.score);
        weights += weight;
        answers += 1;
        ids.push(answer.id);
      }
      const others = view.facts.cohort.others[type];
      if (others.count > 0) {
        const weight = Math.min(settings.othersTogether, settings.otherWeight * others.count);
        sum += weight * asTen(type, others.sum / 100 / others.count);
        weights += weight;
        answers += others.count;
      }
      const mark = view.facts.cohort.newest[type];
      if (mark !== null && (newest === null || mark.at > newest.at)) newest = mark;
    }
    if (weights === 0 || newest === null) return missing(words.survey.none);
    const value = sum / weights;
    // Of people without a role the sum is kept, not each answer.
    const evidence = answers === ids.length ? { signalIds: ids.slice(0, 20) } : { query: 'kind=survey' };
    return { found: true, value, text: words.survey.mean(value, answers), evidence, answeredAt: newest.at };
  },
  goesBy: () => ['answers', 'roles'],
});
