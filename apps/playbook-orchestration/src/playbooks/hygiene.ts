import type { PlaybookDocument } from '../domain/playbook-document.js';

export const hygiene: PlaybookDocument = {
  id: 'hygiene',
  revision: 2,
  title: 'Our own homework',
  description: 'One task for the owner per hygiene indicator. It closes by itself when the indicator clears.',
  tracks: [
    {
      id: 'homework',
      trigger: { on: 'indicator', group: 'hygiene' },
      steps: [
        {
          id: 'which',
          kind: 'branch',
          on: 'indicator',
          to: { goals_missing: 'record-goals', single_threaded: 'widen-contacts', executive_gap: 'reach-executive', cadence_missed: 'get-in-touch' },
          otherwise: 'see-to-it',
        },
        { id: 'record-goals', kind: 'task', title: 'Record goals with KPI, baseline, target and date for {account}', due: { businessDaysAfterTrigger: 5 }, then: 'end' },
        { id: 'widen-contacts', kind: 'task', title: 'Win a second contact at {account}', due: { businessDaysAfterTrigger: 10 }, then: 'end' },
        { id: 'reach-executive', kind: 'task', title: 'Arrange a meeting with the executive sponsor of {account}', due: { businessDaysAfterTrigger: 10 }, then: 'end' },
        { id: 'get-in-touch', kind: 'task', title: 'Get in touch with {account}: {text}', due: { businessDaysAfterTrigger: 2 }, then: 'end' },
        { id: 'see-to-it', kind: 'task', title: 'See to it for {account}: {text}', due: { businessDaysAfterTrigger: 5 }, then: 'end' },
      ],
    },
  ],
};
