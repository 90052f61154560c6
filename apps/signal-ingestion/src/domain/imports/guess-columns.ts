import type { ImportKind } from './import-kinds.js';

/** Headers by which a field is known, besides its own name; as `plain` writes them. */
const headers: Readonly<Record<string, readonly string[]>> = {
  accountId: ['account', 'customer', 'customerid', 'company', 'companyid', 'organization', 'organizationid', 'organisation', 'organisationid', 'orgid', 'org', 'groupid', 'tenant', 'tenantid', 'workspaceid', 'clientid', 'accountnumber', 'customernumber'],
  personId: ['person', 'user', 'userid', 'contact', 'contactid', 'distinctid', 'requesterid', 'respondentid'],
  email: ['mail', 'emailaddress', 'useremail', 'contactemail', 'requesteremail', 'respondentemail'],
  occurredAt: ['timestamp', 'time', 'date', 'datetime', 'at', 'day', 'eventtime', 'when', 'occurred', 'respondedat', 'answeredat', 'submittedat', 'recordedat', 'heldon', 'heldat'],
  openedAt: ['opened', 'created', 'createdat', 'openedon', 'createdon', 'dateopened', 'ticketcreated', 'creationdate'],
  solvedAt: ['solved', 'closed', 'resolved', 'closedat', 'resolvedat', 'solvedon', 'closedon', 'closedate', 'resolutiondate'],
  event: ['eventname', 'action', 'activity'],
  quantity: ['count', 'amount', 'number', 'events', 'uses'],
  feature: ['module', 'area'],
  product: ['productname', 'productid'],
  ticketId: ['ticket', 'ticketnumber', 'case', 'caseid', 'casenumber', 'issue', 'issueid', 'issuekey', 'key'],
  subject: ['title', 'summary'],
  score: ['rating', 'answer', 'points'],
  comment: ['feedback', 'verbatim', 'remark'],
  contractId: ['contract', 'contractnumber', 'subscription', 'subscriptionid', 'agreement'],
  startsOn: ['start', 'startdate', 'termstart', 'from', 'begin', 'begindate', 'validfrom'],
  endsOn: ['end', 'enddate', 'termend', 'until', 'renewaldate', 'expires', 'expirydate', 'validto'],
  dueOn: ['due', 'duedate', 'deadline'],
  arr: ['annualrecurringrevenue', 'annualvalue', 'acv', 'yearlyvalue'],
  amount: ['total', 'value', 'sum'],
  seats: ['licenses', 'licences', 'users', 'quantity'],
  seatsBought: ['seats', 'licenses', 'licences', 'bought', 'purchased'],
  seatsAssigned: ['assigned', 'used', 'inuse'],
  noticeDays: ['notice', 'noticeperiod'],
  autoRenew: ['autorenewal', 'renewsautomatically'],
  title: ['jobtitle', 'position'],
  roles: ['role', 'stakeholderrole'],
  name: ['fullname', 'accountname', 'companyname', 'customername', 'displayname', 'contactname'],
  ownerId: ['owner', 'csm', 'accountowner', 'accountmanager'],
  parentId: ['parent', 'parentaccount', 'parentaccountid'],
  lifecycleStage: ['stage', 'lifecycle', 'phase'],
  timeZone: ['tz', 'zone'],
  goLive: ['golivedate', 'wentlive'],
  createdAt: ['customersince', 'created', 'signupdate', 'createdon'],
  invoiceId: ['invoice', 'invoicenumber'],
  opportunityId: ['opportunity', 'deal', 'dealid'],
  closeOn: ['closedate', 'expectedclose', 'close'],
  goalId: ['goal'],
  milestoneId: ['milestone'],
  text: ['note', 'body', 'content'],
  author: ['by', 'createdby', 'writtenby'],
  attendees: ['participants', 'people', 'contacts'],
};

/** `id` means the row's own thing where it has one. */
const ownIds: Readonly<Record<string, string>> = { accounts: 'accountId', people: 'personId', contracts: 'contractId', tickets: 'ticketId', invoices: 'invoiceId', opportunities: 'opportunityId', goals: 'goalId', milestones: 'milestoneId' };

/** Headers that name a survey's type and hold its score. */
const surveyTypes: Readonly<Record<string, string>> = { nps: 'nps', npsscore: 'nps', csat: 'csat', csatscore: 'csat', ces: 'ces', cesscore: 'ces', renewalintent: 'renewal_intent' };

const plain = (header: string): string => header.normalize('NFKD').toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');

export interface GuessedColumns {
  /** Field of each column in order; null: none was recognised. */
  readonly fields: readonly (string | null)[];
  readonly constants: Readonly<Record<string, string>>;
}

/**
 * Which field each column is, by its header: the field's own name first, then the names other systems use. A
 * field goes to one column; `taken` fields are left alone.
 */
export function guessColumns(kind: ImportKind, columns: readonly string[], taken: ReadonlySet<string>): GuessedColumns {
  const found = new Map<string, number>();
  const fields = columns.map((): string | null => null);
  const constants: Record<string, string> = {};
  const give = (field: string, at: number): void => {
    if (taken.has(field) || found.has(field) || fields[at] !== null) return;
    found.set(field, at);
    fields[at] = field;
  };
  const names = columns.map(plain);
  for (const { name } of kind.fields) {
    if (name === 'id' && ownIds[kind.as] !== undefined) continue;
    const at = names.indexOf(plain(name));
    if (at >= 0) give(name, at);
  }
  const own = ownIds[kind.as];
  if (own !== undefined && !found.has(own) && names.includes('id')) give(own, names.indexOf('id'));
  for (const { name } of kind.fields) for (const header of headers[name] ?? []) if (names.includes(header) && !found.has(name)) give(name, names.indexOf(header));
  if (kind.open !== null) columns.forEach((column, at) => column.startsWith(`${kind.open}.`) && give(column, at));
  if (kind.as === 'surveys' && !found.has('type') && !taken.has('type')) {
    const at = names.findIndex((name) => surveyTypes[name] !== undefined);
    if (at >= 0 && !found.has('score')) {
      give('score', at);
      constants['type'] = surveyTypes[names[at] ?? ''] ?? 'nps';
    }
  }
  return { fields, constants };
}
