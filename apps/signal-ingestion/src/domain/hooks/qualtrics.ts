import { bodyText, id, invalidJson, isItem, parsed } from './fields.js';
import type { HookRequest, HookSource } from './hook-source.js';
import { hmac } from './schemes.js';

/** Qualtrics tells that somebody answered, and not what; it posts a form. */
export const qualtrics: HookSource = {
  name: 'qualtrics',
  title: 'Qualtrics',
  secretFrom: 'us',
  settings: [],
  checks: () => ({
    secret: hmac({
      hash: 'sha512',
      encoding: 'hex',
      shows: 'the form fields HMAC and MSG',
      read(request) {
        const form = formOf(request);
        const shown = form.get('HMAC');
        return shown === null ? null : { signatures: [shown], signedAt: null, texts: [[form.get('MSG') ?? '']] };
      },
    }),
  }),
  eventsOf(request) {
    const form = formOf(request);
    const message = parsed(form.get('MSG') ?? '');
    if (message === null || !isItem(message.value)) return { ...invalidJson, detail: 'the field MSG of the form is no JSON object' };
    return [{ id: id(message.value['ResponseID']), type: form.get('Topic') ?? '', body: message.value }];
  },
  signalsOf({ type, body }) {
    if (!type.includes('surveyengine.completedResponse')) return [];
    return { code: 'answers_not_included', pointer: '/ResponseID', detail: `Qualtrics tells ids only: read response ${id(body['ResponseID']) ?? '?'} of survey ${id(body['SurveyID']) ?? '?'} there and send its score as a survey signal` };
  },
  page: {
    events: [['surveyengine.completedResponse.<survey>', 'nothing by itself: it is listed as rejected (`answers_not_included`) with the ids to look up']],
    account: 'none',
    setUp: [
      'Subscribe to `surveyengine.completedResponse.<survey id>` through Qualtrics\' API with publicationUrl `{url}` and, as sharedKey, the secret that was answered when you made the source.',
      'To have answers counted, use a workflow with a *Web Service* task that posts score and account as JSON to a generic source instead.',
    ],
    checkedAgainst: 'a call printed in Qualtrics\' own community (fields, length of the HMAC); which bytes its key is made of is not documented, so the check of the HMAC is unproven against a live account',
    thin: 'Scores, comments and who answered are not in the call.',
  },
};

const formOf = (request: HookRequest): URLSearchParams => new URLSearchParams(bodyText(request));
