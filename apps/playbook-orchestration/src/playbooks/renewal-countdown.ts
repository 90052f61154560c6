import type { PlaybookDocument } from '../domain/playbook-document.js';

export const renewalCountdown: PlaybookDocument = {
  id: 'renewal-countdown',
  revision: 1,
  title: 'Renewal countdown',
  description: 'Step by step to a signed renewal, counted back from the last day the customer can still say no. One countdown per renewal; it ends when the renewal is signed or lost.',
  tracks: [
    {
      id: 'countdown',
      trigger: { on: 'renewal' },
      steps: [
        { id: 'at-120', kind: 'wait', until: { daysBeforeNotice: 120 } },
        { id: 'review-value', kind: 'task', title: 'Review goals and value so far with {account}', due: { businessDaysBeforeNotice: 75 } },
        { id: 'at-90', kind: 'wait', until: { daysBeforeNotice: 90 } },
        { id: 'confirm-decision', kind: 'task', title: 'Confirm who decides on the renewal of {account}, and how', due: { businessDaysBeforeNotice: 55 } },
        { id: 'at-60', kind: 'wait', until: { daysBeforeNotice: 60 } },
        { id: 'present-proposal', kind: 'task', title: 'Present the renewal proposal to {account}', due: { businessDaysBeforeNotice: 35 } },
        { id: 'at-30', kind: 'wait', until: { daysBeforeNotice: 30 } },
        { id: 'close-renewal', kind: 'task', title: 'Close the renewal of {account} before {noticeOn}', due: { businessDaysBeforeNotice: 5 } },
      ],
    },
  ],
};
