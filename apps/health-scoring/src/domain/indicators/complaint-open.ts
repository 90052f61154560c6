import { Type } from 'typebox';
import { BusinessDays } from '../scorecard/setting-types.js';
import { complaintDeadline, openComplaints } from '../tickets/open-tickets.js';
import { words } from '../words.js';
import { defineIndicator } from './indicator.js';

export const complaintOpen = defineIndicator({
  kind: 'complaint_open',
  group: 'support',
  dismissable: true,
  settings: Type.Object({ businessDays: BusinessDays }, { additionalProperties: false }),
  judge(view, { businessDays }) {
    const complaints = openComplaints(view.facts.tickets);
    const [oldest] = complaints;
    if (oldest === undefined) return null;
    const deadline = complaintDeadline(oldest.since.at, businessDays);
    view.changesAt(deadline);
    const late = view.asOf >= deadline;
    return {
      severe: late,
      text: words.tickets.complaint(complaints.map((ticket) => ticket.ticketId), late),
      evidence: complaints.map((ticket) => ticket.since.id),
      newsAt: Math.max(...complaints.map((ticket) => ticket.since.at)),
    };
  },
});
