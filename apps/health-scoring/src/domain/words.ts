import { roleText, type Role } from './contacts/roles.js';

/** Every sentence that a verdict says, in one place. Plain words: what was seen, not how it was computed. */

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
const number = (value: number): string => String(Math.round(value * 100) / 100);
const many = (count: number, one: string, more = `${one}s`): string => `${number(count)} ${count === 1 ? one : more}`;
const list = (items: readonly string[]): string => (items.length <= 3 ? items.join(', ') : `${items.slice(0, 3).join(', ')} and ${items.length - 3} more`);

interface Card {
  readonly id: string;
  readonly revision: number;
}
interface LightShown {
  readonly light: string;
  readonly points: number | null;
}
const points = (value: number | null): string => (value === null ? 'no' : number(value));
const then = (before: number | null, as: (value: number) => string): string => (before === null ? '' : `, ${as(before)} four weeks before`);
const measureName = (id: string): string => words.measures[id]?.name ?? id;

const meetings: Readonly<Record<string, string>> = { meeting: 'meeting', call: 'call', mail: 'mail', qbr: 'business review', introduction_asked: 'introduction' };

export const words = {
  noNumber: 'What was told comes to no number',
  noSource: (what: string): string => `No source of ${what} is connected`,

  goals: {
    tooEarly: (day: number): string => `No goal is measured yet; expected from day ${day}`,
    none: 'No goals are recorded',
    unmeasured: (count: number): string => `${many(count, 'goal')} recorded, none measured or confirmed yet`,
    attained: (value: number, count: number): string => `${many(count, 'goal')} at ${percent(value)} of plan to date`,
    missing: 'No goals are recorded: agree them with the customer',
    recorded: (count: number): string => `${many(count, 'goal')} recorded with KPI, baseline, target and date`,
    recordBy: (day: number): string => `No goals are recorded yet; expected by day ${day}`,
    share: (name: string, paced: number): string => `${name} at ${percent(paced)}`,
    behind: (goals: readonly string[]): string => `Behind the way planned to date: ${list(goals)}`,
  },
  milestones: {
    noneDue: (days: number): string => `No milestone was due in the last ${days} days`,
    onTime: (onTime: number, due: number): string => `${onTime} of ${many(due, 'milestone')} achieved on time`,
    onboarding: (days: number, planned: number, open: readonly string[], start: string): string => `Onboarding has run for ${days} days since ${start}, planned were ${planned}; open: ${list(open)}`,
    missed: (names: readonly string[]): string => `Due and not achieved: ${list(names)}`,
  },
  seats: {
    tooEarly: (day: number): string => `Not rated before day ${day}`,
    unknown: 'The number of seats is not known',
    none: 'No seats are bought',
    full: (seats: readonly { product: string; used: number; bought: number }[]): string => `Nearly every seat is in use and more are wanted: ${list(seats.map(({ product, used, bought }) => `${product === '' ? '' : `${product} `}${used} of ${bought}`))}`,
    used: (used: number, bought: number, assigned: boolean): string => `${percent(used / bought)} of seats in use (${used} of ${bought}, ${assigned ? 'as assigned' : 'by contacts active in 28 days'})`,
  },
  activation: {
    notYet: 'No contact is planned to be active yet',
    reached: (activated: number, planned: number): string => `${many(activated, 'contact')} used the product, ${number(planned)} planned by now`,
  },
  features: {
    noneDefined: 'No key features are defined',
    tooNew: (days: number): string => `Not rated before ${days} days after they were called key`,
    tooEarly: (day: number): string => `Not rated before day ${day}`,
    used: (used: number, all: number, unused: readonly string[], days: number): string => `${used} of ${many(all, 'key feature')} used in ${days} days${unused.length === 0 ? '' : `; without ${list(unused)}`}`,
    drop: (name: string, users: number, usual: number): string => `${many(users, 'contact')} used the key feature ${name} in four weeks, usually ${number(usual)}`,
  },
  growth: {
    asked: (opportunity: string): string => `opportunity ${opportunity} is open`,
    lookedAt: (product: string): string => `${product} is used and not owned`,
    interest: (signs: readonly string[]): string => `Interest in more: ${list(signs)}`,
  },
  usage: {
    powerUsers: (users: number, usual: number): string => `${many(users, 'power user')} by role active in four weeks, usually ${number(usual)}`,
    heaviestUsers: (users: number, usual: number, { share, fromWeek, toWeek }: { share: number; fromWeek: number; toWeek: number }): string =>
      `${users} of the heaviest users active in four weeks, usually ${number(usual)}: the top ${percent(share)} by days of use ${toWeek} to ${fromWeek} weeks back, since no contact has the role power user`,
    never: 'No whole day with use was seen yet',
    noHistory: 'Not rated before eight weeks of history',
    level: (total: number, reference: number): string => `Use over 28 days is ${percent(total / reference)} of its usual level (${number(total)} against ${number(reference)})`,
    levelOfYear: (total: number, reference: number, day: string): string =>
      `Use over the four weeks to ${day} is ${percent(total / reference)} of that of the same weeks of last year (${number(total)} against ${number(reference)})`,
    contacts: (contacts: number, usual: number): string => `${many(contacts, 'contact')} active in 28 days, usually ${number(usual)}`,
    drop: (total: number, reference: number): string => `Use over 28 days fell to ${percent(total / reference)} of its usual level (${number(total)} against ${number(reference)})`,
    dark: (days: number, day: string): string => `Nothing heard from the customer for ${days} days, since ${day}`,
  },
  survey: {
    none: 'No survey was answered',
    mean: (value: number, answers: number): string => `${number(value)} of 10 over ${many(answers, 'answer')}, stakeholders weighing more`,
    negative: (who: readonly string[]): string => `Bad survey answers: ${list(who)}`,
    answer: (name: string, type: string, score: number): string => `${name} ${type} ${number(score)}`,
    falling: (before: number, after: number): string => `The mean NPS answer fell from ${number(before)} to ${number(after)} within a quarter`,
  },
  intent: {
    none: 'Nobody was asked whether they would renew',
    lowest: (score: number, name: string): string => `${name} answered ${number(score)} of 10 to "would you renew", the lowest of the decision makers`,
    mean: (value: number, count: number): string => `${number(value)} of 10 on "would you renew" over ${many(count, 'answer')}`,
    no: (who: readonly string[]): string => `Would not renew: ${list(who)}`,
  },
  touches: {
    tooEarly: (day: number): string => `No touch yet; expected by day ${day}`,
    noTarget: 'No touches are planned for this tier',
    cadence: (last: string | null, days: number, target: number, window: number): string =>
      `${last === null ? `No touch in the ${days} days of the account` : `The last touch was ${many(days, 'day')} ago, on ${last}`}; ${target} in ${window} days are planned`,
    count: (count: number, target: number, days: number): string => `${many(count, 'touch', 'touches')} in ${days} days, ${target} expected`,
  },
  executive: {
    tooEarly: (day: number): string => `No touch with the executive sponsor yet; expected by day ${day}`,
    never: 'There was never a touch with the executive sponsor',
    gap: (known: boolean, days: number | null): string => (!known ? 'Nobody is known to be the executive sponsor' : days === null ? 'There was never a touch with the executive sponsor' : `No touch with the executive sponsor for ${days} days`),
    last: (days: number, name: string, type: string, day: string): string => `Last ${meetings[type] ?? type} with the executive sponsor ${name} was ${many(days, 'day')} ago, on ${day}`,
  },
  tickets: {
    open: (open: number): string => (open === 0 ? 'No open tickets' : many(open, 'open ticket')),
    noTrend: (fewest: number, weeks: number): string => `Not rated before ${fewest} tickets within ${weeks} full weeks`,
    trend: (counts: readonly number[]): string => `Tickets by week: ${counts.join(', ')}`,
    surge: (from: number, to: number): string => `Weekly tickets are rising: from ${from} to ${to} within six weeks`,
    urgent: (ids: readonly string[]): string => `Open urgent or escalated tickets: ${list(ids)}`,
    complaint: (ids: readonly string[], late: boolean): string => `Open complaints${late ? ' past their deadline' : ''}: ${list(ids)}`,
  },
  pulse: {
    none: 'The customer-success manager gave no pulse',
    value: (pulse: number): string => `The customer-success manager rates the account ${pulse} of 5`,
    concern: (pulse: number): string => `The customer-success manager is worried: ${pulse} of 5`,
  },
  threads: {
    single: (days: number): string => `Only one contact was touched in ${days} days`,
    none: (days: number): string => `No contact was touched in ${days} days`,
    reached: (contacts: number, absent: readonly Role[], days: number): string =>
      `${many(contacts, 'contact')} touched in ${days} days${absent.length === 0 ? ', every required role reached' : `; without ${list(absent.map((role) => roleText[role]))}`}`,
  },
  people: {
    sponsor: (name: string, why: readonly string[]): string => `The executive sponsor ${name} may have changed (${list(why)}): please confirm`,
    sponsorConfirmed: (name: string): string => `The executive sponsor ${name} is gone and not replaced`,
    champion: (name: string, why: string): string => `The champion ${name} ${why}`,
    departed: 'is no longer with the company',
    deactivated: 'was deactivated',
    bounced: 'cannot be reached by mail',
    company: 'moved to another company',
    handedOver: 'gave the role to somebody else',
    promoted: 'was promoted',
    title: 'has another title',
    missed: 'missed three meetings',
    importQuestion: (name: string, changed: number, known: number): string => `Import ${name} changed ${number(changed)} of ${many(known, 'contact')}: did they really change?`,
  },
  commercial: {
    nothingOverdue: 'No invoice is overdue',
    cut: (cuts: readonly { product: string; before: number; now: number }[]): string => `Seats were cut: ${list(cuts.map(({ product, before, now }) => `${product === '' ? '' : `${product} `}from ${before} to ${now}`))}`,
    overdue: (days: number, count: number): string => (count === 1 ? `An invoice is ${days} days overdue` : `${count} invoices are overdue, the oldest by ${days} days`),
    cancelled: (contracts: readonly string[]): string => `Cancellation announced: ${list(contracts)}`,
  },
  leading: {
    plan_progress: (value: number | null, before: number | null): string => (value === null ? 'No goal or milestone says how far the plan has come' : `Goals and milestones at ${percent(value)} of plan to date${then(before, percent)}`),
    usage_by_role: (value: number | null, before: number | null): string => `${many(value ?? 0, 'contact')} active in four weeks${then(before, number)}`,
    ticket_trend: (value: number | null, before: number | null): string => `${many(value ?? 0, 'ticket')} opened in four weeks${then(before, number)}`,
    executive_contact: (value: number | null, before: number | null, accounts: number | null): string =>
      value === null ? 'Nothing is known of touches with the executive sponsor' : accounts === null ? `${value === 1 ? 'A' : 'No'} touch with the executive sponsor within 90 days` : `${percent(value)} of accounts with a touch of the executive sponsor within 90 days${then(before, percent)}`,
    stakeholder_sentiment: (value: number | null, before: number | null): string => (value === null ? 'No survey was answered lately' : `Stakeholders answer ${number(value)} of 10${then(before, number)}`),
  },
  caps: {
    cancel_scheduled: 'Cancellation is announced',
    decision_maker_intent: 'A decision maker would not renew',
    unused: 'Use has been below half its usual level for 56 days and few seats are in use',
    urgent_ticket: 'An urgent ticket is open for more than 7 days',
    goal_missed: 'A goal that was due is not reached',
    utilisation_red: 'Too few seats are in use this late in the term',
    stakeholder_gone: 'The sponsor or champion is gone and not replaced',
    complaint_overdue: 'A complaint is past its deadline',
    invoice_overdue: 'An invoice is more than 30 days overdue',
  } as Readonly<Record<string, string>>,
  simulation: {
    unreadMeasure: 'Nobody read it with these settings: on those days it counts for nothing, as if it did not apply',
    otherIndicator: 'The scorecard of those days did not raise it by these settings: it stands as that one raised it, if it did',
  },

  measures: {
    goal_attainment: { name: 'Goal attainment', brings: 'goals with KPI, baseline, target and date, and the metric that shows them or the customer’s word' },
    milestones_on_time: { name: 'Milestones on time', brings: 'milestones with the day they are due' },
    license_utilisation: { name: 'License utilisation', brings: 'the number of seats bought, and who uses the product' },
    usage_level: { name: 'Level of use', brings: 'events of use from the product' },
    key_features: { name: 'Key features', brings: 'events of use that name the feature' },
    activation: { name: 'Activation', brings: 'the number of seats bought, and events of use by person' },
    survey: { name: 'Surveys', brings: 'an answer to NPS or CSAT' },
    renewal_intent: { name: 'Intent to renew', brings: 'an answer to "would you renew", best of a decision maker' },
    touches: { name: 'Touches', brings: 'meetings, calls and mails from calendar, mail or CRM' },
    executive_touch: { name: 'Executive touch', brings: 'meetings, calls and mails with the executive sponsor' },
    ticket_load: { name: 'Ticket load', brings: 'tickets from the help desk' },
    ticket_trend: { name: 'Ticket trend', brings: 'tickets from the help desk' },
    csm_sentiment: { name: 'Sentiment of the customer-success manager', brings: 'a pulse from 1 to 5 with its reason' },
    multithreading: { name: 'Multithreading', brings: 'meetings, calls and mails, and who has which role' },
    payment: { name: 'Payment', brings: 'invoices from billing' },
    goals_recorded: { name: 'Goals recorded', brings: 'goals with KPI, baseline, target and date' },
  } as Readonly<Record<string, { readonly name: string; readonly brings: string }>>,

  explain: {
    nextBand: (band: string, score: number, days: number, changes: number | null): string => {
      const from = `${band} from ${number(score)} points${days > 1 ? ` on ${days} days running` : ''}`;
      return changes === null ? `${from}: out of reach even with every measure at its best` : changes === 0 ? `${from}: nothing has to change but the days` : `${from}: ${many(changes, 'change')} would do`;
    },
    endCap: (reason: string, limit: number): string => `${reason}: while that holds the score is at most ${number(limit)}`,
    endOverride: (score: number, until: string): string => `An override sets the score to ${number(score)} until ${until}`,
    measure: (id: string, from: number | null, to: number): string => `${measureName(id)}: from ${points(from)} to at least ${points(to)} points`,
    data: (id: string, from: number | null, to: number): string => `${measureName(id)}: bring ${words.measures[id]?.brings ?? 'its data'}${from !== null && to <= from ? '' : `, worth at least ${points(to)} points`}`,
    tier: {
      named: (tier: string): string => `What is expected of the tier ${tier} is expected`,
      untold: (tier: string): string => `No tier was told of the account: what is expected of ${tier} is expected`,
      unknown: (told: string, tier: string, all: readonly string[]): string => `The scorecard knows no tier '${told}' (it has ${all.join(', ')}): what is expected of ${tier} is expected`,
    },
    coverage: (share: number): string => `${percent(share)} of the weight rests on fresh data`,
    missing: (id: string): string => `${measureName(id)}: there never was data; it takes ${words.measures[id]?.brings ?? 'its data'}`,
    old: (id: string): string => `${measureName(id)}: the last answer is too old; it takes ${words.measures[id]?.brings ?? 'its data'}`,
    silent: (id: string): string => `${measureName(id)}: its source is silent for all accounts; it takes ${words.measures[id]?.brings ?? 'its data'} again`,
    trend: { rising: 'Rising', falling: 'Falling', flat: 'No trend' } as const,
    change: (change: number, days: number, isTrend: boolean): string =>
      change === 0 ? `as it was ${days} days ago` : `${change < 0 ? 'down' : 'up'} by about ${number(Math.abs(change))} points in ${days} days${isTrend ? '' : ', which may be chance'}`,
    since: (from: number | null, to: number | null): string => (from === null ? 'There was no score then' : to === null ? 'There is no score now' : from === to ? 'The score is the same' : `The score ${to > from ? 'rose' : 'fell'} from ${number(from)} to ${number(to)}`),
    scorecard: (from: Card, to: Card): string => (from.id === to.id && from.revision === to.revision ? 'On the way to another scorecard the weights changed' : `Judged by revision ${to.revision} of ${to.id} in place of revision ${from.revision} of ${from.id}`),
    rounding: (id: string): string => `${measureName(id)}: what rounding to the hundredth leaves over falls to it`,
    moved: (id: string, from: number | null, to: number | null, text: string): string => `${measureName(id)}: ${from === to ? `${points(to)} points as before, it counts for more or less as others came and went` : `from ${points(from)} to ${points(to)} points`}. ${text}`,
    adjusted: {
      cap: (reason: string, from: number, to: number): string => (to === 0 ? `A cap no longer costs anything: ${reason}` : from === 0 ? `A cap holds the score: ${reason}` : `A cap costs more or less than before: ${reason}`),
      override: (reason: string, from: number, to: number): string => (to === 0 ? 'The override is over' : from === 0 ? `An override is in force: ${reason}` : `The override makes another difference than before: ${reason}`),
    },
    noPeers: (id: string): string => `${measureName(id)}: not enough peers`,
    topWithout: (id: string, top: number): string => `${measureName(id)}: the top quarter begins at ${number(top)} points; here there is no data`,
    top: (id: string, own: number, top: number): string => (own >= top ? `${measureName(id)}: ${number(own)} points, in the top quarter (from ${number(top)})` : `${measureName(id)}: ${number(own)} points, the top quarter begins at ${number(top)}`),
    light: (id: string, from: LightShown, to: LightShown): string => `${measureName(id)}: ${from.light} to ${to.light} (from ${points(from.points)} to ${points(to.points)} points)`,
    tooFewDays: (days: number, fewest: number): string => `${many(days, 'day')} with a score, a trend takes ${fewest}`,
  },
} as const;
