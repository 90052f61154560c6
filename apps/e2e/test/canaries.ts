const bird = 'kanarie';
const encoded = [
  Buffer.from(bird).toString('hex'),
  [...Buffer.from(bird)].join(','),
  // In base64 a text looks in three ways, by where it begins; its edges depend on its neighbours.
  ...['', 'x', 'xx'].map((before) => Buffer.from(`${before}${bird}`).toString('base64').slice(before.length === 0 ? 0 : 2 + before.length - 1).slice(0, 6)),
];

/** Distinctive personal data and secrets to plant. Each carries a number that tells, where one is found, what it was planted as. */
export class Canaries {
  private readonly planted: string[] = [];
  private readonly secrets = new Map<string, string>();

  email = (as: string): string => `${this.next(as)}@zugvogel.example`;
  person = (as: string): string => `${this.next(as)} Zugvogel`;
  /** An id, a phrase, a header: any text. */
  word = (as: string): string => this.next(as);
  /** Long enough for a password, and looks like none of the keys. */
  password = (as: string): string => `${this.next(as)}-Sesam-Öffne`.replace('Ö', 'O');
  writeKey = (as: string): string => `wk_${this.next(as)}${'k'.repeat(20)}`;
  apiKey = (as: string): string => `pk_${this.next(as).padEnd(8, '0').slice(0, 8)}_${this.next(as).padEnd(32, 'k')}`;

  /** A secret the system made itself: it has no bird in it, so it is looked for as it is. */
  watch(as: string, secret: string): string {
    this.secrets.set(secret, as);
    return secret;
  }

  /** What of all that stands in `text`, in the clear or encoded, with a piece of its surroundings. */
  foundIn(text: string): string[] {
    const found = [...text.matchAll(/kanarie(\d*)/gi)].map(({ 1: number = '', index }) => `${this.planted[Number(number)] ?? 'a canary'}: ${around(text, index)}`);
    for (const form of encoded) for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) found.push(`an encoded canary: ${around(text, at)}`);
    for (const [secret, as] of this.secrets) if (text.includes(secret)) found.push(`${as}: ${around(text, text.indexOf(secret))}`);
    return found;
  }

  private next(as: string): string {
    this.planted.push(as);
    return `${bird}${this.planted.length - 1}x`;
  }
}

const around = (text: string, at: number): string => text.slice(Math.max(0, at - 120), at + 60);

type Json = Record<string, unknown>;

/** One signal of every kind about the account, with a canary in each text that its sender chooses. */
export function signalsOfEveryKind(canaries: Canaries, accountId: string): Json[] {
  const { word, person, email } = canaries;
  const data: Record<string, Json> = {
    usage: { event: word('usage.event'), feature: word('usage.feature'), properties: { email: email('usage.properties'), [word('usage.properties key')]: person('usage.properties'), deep: [{ name: person('usage.properties deep') }] } },
    license: { seatsBought: 10, seatsAssigned: 9 },
    ticket: { ticketId: word('ticket.ticketId'), status: 'opened', priority: 'urgent', subject: `${person('ticket.subject')} cannot sign in` },
    survey: { type: 'nps', score: 2, comment: `ask ${person('survey.comment')} at ${email('survey.comment')}`, surveyId: word('survey.surveyId') },
    engagement: { type: 'meeting', outcome: 'held', attendees: [{ personId: `email:${email('engagement.attendees')}` }, { personId: word('engagement.attendees') }], threadId: word('engagement.threadId'), ticketId: word('engagement.ticketId'), goalId: word('engagement.goalId') },
    person: { change: 'updated', email: email('person.email'), name: person('person.name'), title: word('person.title'), company: word('person.company') },
    milestone: { milestoneId: word('milestone.milestoneId'), name: person('milestone.name'), phase: 'adoption', status: 'planned' },
    metric: { metric: word('metric.metric'), value: 1, unit: word('metric.unit') },
    pulse: { pulse: 1, reason: `${person('pulse.reason')} is angry` },
    note: { text: `${person('note.text')} said so`, author: email('note.author') },
    invoice: { invoiceId: word('invoice.invoiceId'), status: 'overdue', amountMinor: 100, currency: 'USD', dueOn: '2026-01-01' },
    contract: { contractId: word('contract.contractId'), status: 'created', startsOn: '2026-01-01', endsOn: '2026-12-31', arrMinor: 100, currency: 'USD', product: word('contract.product'), reason: person('contract.reason') },
    goal: { goalId: word('goal.goalId'), name: person('goal.name'), metric: word('goal.metric'), baseline: 1, target: 2, dueOn: '2026-06-01', status: 'set' },
    opportunity: { opportunityId: word('opportunity.opportunityId'), type: 'upsell', stage: word('opportunity.stage'), amountMinor: 1, currency: 'USD', closeOn: '2026-06-01', forecastCategory: word('opportunity.forecastCategory') },
  };
  return Object.entries(data).map(([kind, fields]) => ({ id: word(`${kind} id`), kind, accountId, personId: word(`${kind} personId`), source: word(`${kind} source`), product: word(`${kind} product`), data: fields }));
}

/** The same kinds, each wrong in a way that shows its schema a canary. */
export function wrongSignals(canaries: Canaries, accountId: string): Json[] {
  const { word, person, email } = canaries;
  return [
    ...signalsOfEveryKind(canaries, accountId).flatMap((signal) => {
      const fields = Object.entries(signal['data'] as Json);
      return fields.map(([name, value]) => ({ ...signal, id: word('wrong id'), data: { ...(signal['data'] as Json), [name]: typeof value === 'string' ? { nested: person(`wrong ${name}`) } : email(`wrong ${name}`) } }));
    }),
    { id: word('unknown kind'), kind: person('kind'), accountId },
    { id: word('bad time'), kind: 'pulse', accountId, occurredAt: person('occurredAt'), data: { pulse: 1, reason: 'r' } },
    { id: { is: word('id as object') }, kind: 'pulse', accountId: [email('accountId as array')], data: person('data') },
    { id: word('bad person'), kind: 'pulse', personId: `email:${person('personId')}`, data: { pulse: 1, reason: 'r' } },
    { id: word('nul'), kind: 'pulse', accountId, data: { pulse: 1, reason: `${person('NUL')}\0` } },
  ];
}

/** Calls as Segment's clients make them, with canaries wherever these put what they know. */
export function segmentCalls(canaries: Canaries, groupId: string): Json[] {
  const { word, person, email } = canaries;
  const context = () => ({
    groupId, ip: word('context.ip'), userAgent: word('context.userAgent'), traits: { email: email('context.traits.email'), name: person('context.traits.name') }, page: { url: `https://x.example/?token=${word('context.page.url')}`, referrer: word('context.page.referrer') }, campaign: { name: word('context.campaign') },
  });
  const common = () => ({ userId: word('userId'), anonymousId: word('anonymousId'), messageId: word('messageId'), context: context() });
  return [
    { ...common(), type: 'identify', traits: { email: email('traits.email'), firstName: person('traits.firstName'), lastName: person('traits.lastName'), phone: word('traits.phone'), company: { id: groupId, name: word('traits.company') }, [word('trait name')]: word('trait') } },
    { ...common(), type: 'track', event: word('event'), properties: { password: word('properties.password'), authorization: word('properties.authorization') } },
    { ...common(), type: 'page', name: word('page name'), properties: { url: word('page url') } },
    { ...common(), type: 'screen', name: word('screen name') },
    { ...common(), type: 'group', groupId, traits: { name: person('group traits.name'), email: email('group traits.email'), [word('group trait name')]: word('group trait') } },
    { ...common(), type: 'alias', previousId: word('previousId') },
    { ...common(), type: 'track', event: { not: word('event as object') } },
    { ...common(), type: word('type') },
    { ...common(), type: 'identify', traits: { email: person('traits.email that is none') } },
    { ...common(), type: 'track', event: 'e', timestamp: person('timestamp') },
  ];
}
