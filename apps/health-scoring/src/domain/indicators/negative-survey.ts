import { Type } from 'typebox';
import { nameOf, rolesOf } from '../contacts/contact-facts.js';
import { isStakeholder } from '../contacts/roles.js';
import { sumOf } from '../facts/ring.js';
import { weekOf } from '../time/account-week.js';
import { dayMs } from '../time/day.js';
import type { AccountView } from '../verdict/account-view.js';
import { words } from '../words.js';
import { defineIndicator, type Finding } from './indicator.js';

export const negativeSurvey = defineIndicator({
  kind: 'negative_survey',
  group: 'voice',
  dismissable: true,
  settings: Type.Object({
    nps: Type.Number(),
    csat: Type.Number(),
    validityDays: Type.Number(),
    /** Fall of the mean NPS answer from one quarter to the next, each with at least `fewestAnswers`. */
    fall: Type.Number(),
    fewestAnswers: Type.Integer(),
    quarterWeeks: Type.Integer({ minimum: 1, maximum: 13 }),
  }, { additionalProperties: false }),
  judge(view, settings) {
    const bad: { at: number; id: string; text: string }[] = [];
    for (const contact of view.stakeholders) {
      if (!isStakeholder(rolesOf(contact))) continue;
      for (const [type, limit] of [['nps', settings.nps], ['csat', settings.csat]] as const) {
        const answer = contact[type];
        if (answer === null || answer.score > limit) continue;
        const until = answer.at + settings.validityDays * dayMs;
        if (until <= view.asOf) continue;
        view.changesAt(until);
        bad.push({ at: answer.at, id: answer.id, text: words.survey.answer(nameOf(contact), type.toUpperCase(), answer.score) });
      }
    }
    if (bad.length > 0) {
      bad.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
      const newsAt = Math.max(...bad.map((answer) => answer.at));
      return { severe: false, text: words.survey.negative(bad.map((answer) => answer.text)), evidence: bad.map((answer) => answer.id), validUntil: newsAt + settings.validityDays * dayMs, newsAt };
    }
    return fallOfMean(view, settings);
  },
});

function fallOfMean(view: AccountView, settings: { fall: number; fewestAnswers: number; quarterWeeks: number }): Finding | null {
  const { npsCount, npsSum, cohort } = view.facts;
  const week = weekOf(view.today, view.weekday);
  const mean = (last: number): number | null => {
    const count = sumOf(npsCount, last - settings.quarterWeeks + 1, last);
    return count < settings.fewestAnswers ? null : sumOf(npsSum, last - settings.quarterWeeks + 1, last) / 100 / count;
  };
  const after = mean(week);
  const before = after === null ? null : mean(week - settings.quarterWeeks);
  if (after === null || before === null || before - after < settings.fall) return null;
  const newest = cohort.newest.nps;
  return { severe: false, text: words.survey.falling(before, after), evidence: newest === null ? [] : [newest.id] };
}
