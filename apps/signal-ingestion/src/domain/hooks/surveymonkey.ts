import { id, object, oneEvent, text } from './fields.js';
import type { HookSource } from './hook-source.js';
import { bodyHmac } from './schemes.js';

/** SurveyMonkey tells that somebody answered, and not what. */
export const surveymonkey: HookSource = {
  name: 'surveymonkey',
  title: 'SurveyMonkey',
  secretFrom: 'them',
  settings: [],
  checks: () => ({ secret: bodyHmac({ header: 'Sm-Signature', hash: 'sha1', encoding: 'base64' }) }),
  eventsOf: (request) => oneEvent(request, (body) => ({ id: id(body['event_id']), type: text(body['event_type']) ?? '' })),
  signalsOf({ type, body }) {
    if (type !== 'response_completed') return [];
    const { survey_id: survey, respondent_id: respondent } = object(body['resources']);
    return { code: 'answers_not_included', pointer: '/resources', detail: `SurveyMonkey tells ids only: read response ${id(respondent) ?? id(body['object_id']) ?? '?'} of survey ${id(survey) ?? '?'} there and send its score as a survey signal` };
  },
  page: {
    events: [['response_completed', 'nothing by itself: it is listed as rejected (`answers_not_included`) with the ids to look up']],
    account: 'none',
    setUp: [
      'Register a webhook for `response_completed` with the URL `{url}` through SurveyMonkey\'s API; it asks with HEAD whether anybody is there.',
      'Give the source `<client id>&<client secret>` of your app as its secret.',
      'To have answers counted, send them from a flow (Zapier, Power Automate, Make) to a generic source instead.',
    ],
    checkedAgainst: 'the AsyncAPI description and samples of SurveyMonkey\'s webhooks that are published; no official library verifies them',
    thin: 'Scores, comments and who answered are not in the call.',
  },
};
