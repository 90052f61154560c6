import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { about, given, id, instant, list, number, object, oneEvent, signal, subjectOf, text, words, type Subject } from './fields.js';
import type { HookSettings, SurveyType } from './hook-settings.js';
import type { HookSource } from './hook-source.js';
import { bodyHmac } from './schemes.js';

/** Answers to Typeform's forms. */
export const typeform: HookSource = {
  name: 'typeform',
  title: 'Typeform',
  secretFrom: 'us',
  settings: ['questions'],
  checks: () => ({ secret: bodyHmac({ header: 'Typeform-Signature', prefix: 'sha256=', hash: 'sha256', encoding: 'base64' }) }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(body['event_id']), type: text(body['event_type']) ?? '' })),
  signalsOf(event, settings) {
    if (event.type !== 'form_response') return [];
    const response = object(event.body['form_response']);
    const hidden = object(response['hidden']);
    const answers = list(response['answers']).map(object);
    const person = id(hidden['user_id']) ?? text(hidden['email']) ?? text(answers.find(({ type }) => type === 'email')?.['email']);
    return about(subjectOf(event, settings, { account: hidden['account_id'], person }), (subject) => scores(response, answers, settings, subject));
  },
  page: {
    events: [['form_response', 'one survey per question with a score']],
    account: '`/form_response/hidden/account_id`, else the account of the person (`hidden.user_id`, `hidden.email`, or an answer that is a mail address)',
    setUp: [
      'Put `account_id` (and `user_id` or `email`) into the form\'s hidden fields, and into the links you send.',
      'In the form, Connect, Webhooks: endpoint `{url}`, and the secret that was answered when you made the source.',
      'Name what each scored question asks in `settings.questions`, by its reference or id: `{"how-likely": "nps", "how-content": "csat"}`. Questions of Typeform\'s own type NPS need no name.',
    ],
    checkedAgainst: 'Typeform\'s pages on securing webhooks and on the payload, and recorded calls. From memory: that NPS is a type of question',
    thin: 'A scale of numbers does not say whether it is an NPS or a CSAT: without `settings.questions` such a form is listed as rejected. The answer to the one long text of a form counts as the comment.',
  },
};

function scores(response: Item, answers: readonly Item[], { questions = {} }: HookSettings, subject: Subject): readonly SignalInput[] | ItemFault {
  const comments = answers.filter((answer) => object(answer['field'])['type'] === 'long_text');
  const comment = comments.length === 1 ? words(comments[0]?.['text'], 10_000) : null;
  const signals = answers.flatMap((answer): SignalInput[] => {
    const type = asks(object(answer['field']), questions);
    const score = number(answer['number']);
    if (type === null || score === null) return [];
    return [signal('survey', subject, instant(response['submitted_at']), { type, score, ...given({ surveyId: id(response['form_id']), comment }) })];
  });
  return signals.length > 0 ? signals : { code: 'score_missing', pointer: '/form_response/answers', detail: 'holds no answer that is known to be a score: name its question in settings.questions' };
}

function asks(field: Item, questions: Readonly<Record<string, SurveyType>>): SurveyType | null {
  for (const name of [id(field['ref']), id(field['id'])]) if (name !== null && Object.hasOwn(questions, name)) return questions[name] ?? null;
  return field['type'] === 'nps' ? 'nps' : null;
}
