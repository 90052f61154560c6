import type { PlaybookDocument } from '../domain/playbook-document.js';

export const riskResponse: PlaybookDocument = {
  id: 'risk-response',
  revision: 1,
  title: 'Response to risk',
  description: 'Starts when an account becomes amber or red; its first steps follow the leading cause. Three strikes add a save-plan review. Ends when the account is green again.',
  tracks: [
    {
      id: 'response',
      trigger: { on: 'risk', levels: ['amber', 'red'] },
      steps: [
        {
          id: 'by-cause',
          kind: 'branch',
          on: 'leadingCause',
          to: { use: 'find-use-gap', people: 'confirm-people', support: 'unblock-support', voice: 'call-back', delivery: 'recover-delivery', commercial: 'clear-commercial' },
          otherwise: 'review-account',
        },
        { id: 'find-use-gap', kind: 'task', title: 'Find out at {account} who stopped using what, and why', due: { businessDaysAfterTrigger: 2 }, then: 'agree-plan' },
        { id: 'confirm-people', kind: 'task', title: 'Confirm who stands for us at {account} now, and arrange an introduction', due: { businessDaysAfterTrigger: 2 }, then: 'agree-plan' },
        { id: 'unblock-support', kind: 'task', title: 'Agree dates for the open tickets of {account} with support', due: { businessDaysAfterTrigger: 1 }, then: 'agree-plan' },
        { id: 'call-back', kind: 'task', title: 'Call {account} back about what they told us', due: { businessDaysAfterTrigger: 1 }, then: 'agree-plan' },
        { id: 'recover-delivery', kind: 'task', title: 'Plan the missed milestones and goals of {account} anew', due: { businessDaysAfterTrigger: 3 }, then: 'agree-plan' },
        { id: 'clear-commercial', kind: 'task', title: 'Clear the commercial question with {account}', due: { businessDaysAfterTrigger: 2 }, then: 'agree-plan' },
        { id: 'review-account', kind: 'task', title: 'Review {account} and name the cause of its risk', due: { businessDaysAfterTrigger: 2 }, then: 'agree-plan' },
        { id: 'agree-plan', kind: 'task', title: 'Agree a way back to green with {account}', due: { businessDaysAfterTrigger: 5 } },
        { id: 'let-it-work', kind: 'wait', until: { businessDaysLater: 10 } },
        { id: 'by-level', kind: 'branch', on: 'riskLevel', to: { red: 'involve-manager' }, otherwise: 'check-progress' },
        { id: 'involve-manager', kind: 'task', title: 'Take {account} to your manager: red after two weeks of work', due: { businessDaysAfterTrigger: 11 }, then: 'end' },
        { id: 'check-progress', kind: 'task', title: 'Check with {account} whether the way back to green works', due: { businessDaysAfterTrigger: 12 } },
      ],
    },
    {
      id: 'review',
      trigger: { on: 'savePlanReview', decision: 'decide' },
      steps: [{ id: 'decide', kind: 'task', title: 'Save-plan review of {account}: strikes in {groups}', due: { businessDaysAfterTrigger: 3 }, awaited: true }],
    },
  ],
};
