import type { SignalInput } from '@perennial/contracts/signal';
import type { ItemFault } from '../item-fault.js';
import type { Item } from '../vendors/vendor.js';
import { about, given, id, instant, named, number, object, oneEvent, signal, subjectOf, text, words, type Subject } from './fields.js';
import type { HookSource } from './hook-source.js';
import { bodyHmac } from './schemes.js';

/** Their scales are ours; the others (five stars, thumbs, smileys) are none of ours. */
const surveyTypes: Readonly<Record<string, 'nps' | 'csat' | 'ces'>> = { nps: 'nps', csat: 'csat', ces7: 'ces' };

/** Survey answers of Delighted. */
export const delighted: HookSource = {
  name: 'delighted',
  title: 'Delighted',
  secretFrom: 'them',
  settings: [],
  checks: () => ({ secret: bodyHmac({ header: 'X-Delighted-Webhook-Signature', prefix: 'sha256=', hash: 'sha256', encoding: 'hex' }) }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(body['event_id']), type: text(body['event_type']) ?? '' })),
  signalsOf(event, settings) {
    if (event.type !== 'survey_response.created' && event.type !== 'survey_response.updated') return [];
    const response = object(event.body['event_data']);
    const type = named(surveyTypes, response['survey_type']);
    if (type === undefined) return [];
    return about(subjectOf(event, settings, { person: object(response['person'])['email'] }), (subject) => answer(response, type, subject));
  },
  page: {
    events: [['survey_response.created, .updated', 'survey of type nps, csat or (from `ces7`) ces']],
    account: 'the account of the person\'s mail address; or point `accountAt` at a property you send along, such as `/event_data/person_properties/account_id`',
    setUp: ['In Delighted, Integrations, Webhooks: URL `{url}`, the survey response events.', 'Give the source your Delighted API key: it signs the calls.'],
    checkedAgainst: 'Delighted\'s page on webhooks, whose sample is the test payload; the signature by sources that verify it in production. From memory: `ces7`',
    thin: 'The score comes first and the comment in a later event; the later answer of a person takes the place of the earlier one. Surveys on other scales (five stars, thumbs, smileys, CES of 1 to 5) are ignored.',
  },
};

function answer(response: Item, type: 'nps' | 'csat' | 'ces', subject: Subject): readonly SignalInput[] | ItemFault {
  const score = number(response['score']);
  if (score === null) return { code: 'missing_field', pointer: '/event_data/score', detail: 'is required: an answer has a score' };
  return [signal('survey', subject, instant(response['updated_at']) ?? instant(response['created_at']), { type, score, surveyId: `delighted-${type}`, ...given({ comment: words(response['comment'], 10_000) }) })];
}
