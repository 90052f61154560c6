import type { HealthState } from '@perennial/contracts/health';
import type { Forecast, Renewal } from '@perennial/contracts/renewal';
import type { Credentials } from '../composition/credentials.js';
import { workdayBefore } from './book-calendar.js';
import type { DemoBook } from './demo-book.js';
import type { DemoSystem } from './demo-system.js';
import { departure, liveUse, sendProductEvents, surveys, tickets } from './live-events.js';
import { mustBe, until } from './story-broke.js';
import { storyAccount } from './story-account.js';
import type { StoryTeller } from './story-teller.js';
import { tellBook } from './tell-book.js';
import { tellHealth, tellHealthChange } from './tell-health.js';
import { tellRun, tellTasks } from './tell-playbook.js';
import { tellRenewal, tellRenewalChange } from './tell-renewal.js';
import type { ReceivedWebhook, WebhookReceiver } from './webhook-receiver.js';

const stepMs = 15_000;
const backfillMs = 90_000;
const { id: accountId } = storyAccount;
const { name, ownerId } = storyAccount.record;
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** What the story needs besides the running system. */
export interface Scene {
  readonly teller: StoryTeller;
  readonly system: DemoSystem;
  readonly receiver: WebhookReceiver;
  readonly credentials: Credentials;
  readonly book: DemoBook;
  /** ISO day. */
  readonly today: string;
}

interface Standing {
  readonly health: HealthState;
  readonly renewal: Renewal;
  readonly forecast: Forecast;
}

/** Tells the main job as it happens; throws `StoryBroke` for the first step that does not. */
export async function tellStory(scene: Scene): Promise<void> {
  await backfill(scene);
  await goLive(scene);
  const start = await accountBefore(scene);
  await productEvents(scene);
  const afterTickets = await supportTickets(scene, start);
  const { webhook, sentMs } = await surveyAnswers(scene, afterTickets);
  webhookReceived(scene, webhook, sentMs);
  await playbookRun(scene);
  const afterSurveys = await forecastAfter(scene, start);
  await thirdStrike(scene, afterSurveys);
}

/** Accounts only observe until the history is in: states are shown, nobody is told anything. */
async function backfill({ teller, system, receiver, book, today }: Scene): Promise<void> {
  teller.chapter('Four months of history, before anybody is told anything');
  receiver.trust((await system.registerWebhook(receiver.url)).secret);
  const start = performance.now();
  const goLive = workdayBefore(today, -5);
  await Promise.all(book.accounts.map(({ id, record }) => system.saveAccount(id, { ...record, goLive })));
  await system.settled('the accounts of the book', stepMs);
  await system.send('the backfill', book.history);
  await system.settled('the backfill', backfillMs);
  const took = performance.now() - start;
  const rows = await system.portfolio();
  mustBe(rows.length === book.accounts.length, 'the book', `${rows.length} of ${book.accounts.length} accounts are in the portfolio`);
  teller.say(`${book.accounts.length} accounts, ${book.history.length} signals (usage, meetings, tickets, surveys, goals, contracts, ..) through all services in ${seconds(took)}.`);
}

async function goLive({ teller, system, receiver, book }: Scene): Promise<void> {
  const early = await system.runs();
  mustBe(early.length === 0, 'a quiet backfill', `${early.length} playbook runs were started by history`);
  await Promise.all(book.accounts.map(({ id }) => system.saveAccount(id, { goLive: null })));
  await system.settled('going live', stepMs);
  mustBe(receiver.received.length + receiver.refused.length === 0, 'a quiet backfill', `${receiver.received.length + receiver.refused.length} webhooks were sent for history`);
  teller.say('Webhooks sent for all that history: none. The accounts are live from here on.');
  teller.chapter('The book, worst first');
  await tellBook(teller, system, await system.portfolio());
  const tasks = await system.openTasks();
  mustBe(tasks.length > 0, 'the work that is due anyway', 'no countdown or homework task was opened');
  teller.line();
  teller.say('What is to be done anyway (renewals that come near, our own homework):');
  tellTasks(teller, tasks.slice(0, 5));
  if (tasks.length > 5) teller.aside(`and ${tasks.length - 5} more at /api/v1/tasks`);
}

async function accountBefore({ teller, system }: Scene): Promise<Standing> {
  teller.chapter('One account, this morning');
  const standing = await standingOf(system);
  mustBe(standing.health.riskLevel === 'green', 'a healthy account to begin with', `${name} is ${standing.health.riskLevel}`);
  tellHealth(teller, name, standing.health);
  teller.line();
  tellRenewal(teller, standing.renewal, standing.forecast);
  return standing;
}

async function productEvents({ teller, system, credentials }: Scene): Promise<void> {
  teller.chapter("Live: the product's own events, by Segment's SDK with another host");
  const since = new Date(Date.now() - 1000).toISOString();
  await sendProductEvents(storyAccount, system.url, credentials.writeKey);
  const seen = await until('product events on the timeline', stepMs, system.signal, async () => {
    const use = (await system.usageSince(accountId, since)).filter(({ data }) => data.event === liveUse.export);
    return use.length >= liveUse.tries ? use : null;
  });
  mustBe(seen.length === liveUse.tries, 'product events once each', `${seen.length} of ${liveUse.tries} are on the timeline`);
  teller.say(`${seen.length} x "${liveUse.export}" by ${new Set(seen.map(({ personId }) => personId)).size} users are on the timeline of ${name}. One of them nobody had heard of: her group call says whose she is.`);
}

async function supportTickets({ teller, system }: Scene, before: Standing): Promise<HealthState> {
  teller.chapter('Live: two urgent tickets, one of them a complaint');
  await system.send('the tickets', tickets(storyAccount));
  const health = await until('the score after the tickets', stepMs, system.signal, async () => {
    const now = await system.health(accountId);
    return hasAll(now, ['urgent_ticket_open', 'complaint_open']) ? now : null;
  });
  tellHealthChange(teller, before.health, health);
  return health;
}

async function surveyAnswers({ teller, system, receiver }: Scene, before: HealthState): Promise<{ webhook: ReceivedWebhook; sentMs: number }> {
  teller.chapter('Live: the sponsor answers a survey: NPS 3, "would you renew" 2 of 10');
  const sentMs = performance.now();
  await system.send('the surveys', surveys(storyAccount));
  const webhook = await until('the webhook of the risk change', stepMs, system.signal, () => receiver.received.find(({ body }) => body.data.accountId === accountId && body.data.to === 'red') ?? null);
  const health = await until('the score after the surveys', stepMs, system.signal, async () => {
    const now = await system.health(accountId);
    return hasAll(now, ['no_renewal_intent', 'negative_survey']) ? now : null;
  });
  mustBe(health.riskLevel === 'red', 'the risk after the surveys', `it is ${health.riskLevel}`);
  mustBe(health.adjustments.some(({ kind }) => kind === 'cap'), 'the cap after the surveys', 'no cap holds although a decision maker would not renew');
  tellHealthChange(teller, before, health);
  return { webhook, sentMs };
}

function webhookReceived({ teller, receiver }: Scene, { body, id, arrivedMs, signature }: ReceivedWebhook, sentMs: number): void {
  teller.chapter('Other systems know: one signed webhook');
  const { data } = body;
  mustBe(receiver.refused.length === 0, 'the signature of the webhook', receiver.refused.join('; '));
  teller.say(`${body.type}: ${data.accountId} ${teller.level(data.from)} -> ${teller.level(data.to)}, health ${data.healthScore?.toFixed(2) ?? '-'}, renewal ${data.renewalOn ?? '-'}, notice by ${data.noticeOn ?? '-'}`);
  for (const reason of data.reasons) teller.pair(reason.contribution === undefined ? '!' : `${reason.contribution}`, reason.text, 8);
  teller.aside(`${id}, ${signature.slice(0, 14)}..: verified by the stock library standardwebhooks`);
  teller.say(teller.style('bold', `${seconds(arrivedMs - sentMs)} from sending the survey to the webhook`));
}

async function playbookRun({ teller, system, today }: Scene): Promise<void> {
  teller.chapter('The right work is started');
  const run = await until('the run of risk-response', stepMs, system.signal, async () => (await system.runs(accountId)).find(({ playbook, state }) => playbook.id === 'risk-response' && state === 'running') ?? null);
  const tasks = (await system.openTasks(accountId)).filter(({ runId }) => runId === run.id);
  mustBe(tasks.length >= 2, 'the tasks of risk-response', `${tasks.length} are open`);
  tellRun(teller, run, tasks, ownerId, today);
}

async function forecastAfter({ teller, system }: Scene, before: Standing): Promise<Standing> {
  teller.chapter('The forecast follows');
  const after = await until('the forecast after the surveys', stepMs, system.signal, async () => {
    const now = await standingOf(system);
    return ['no_renewal_intent', 'urgent_ticket_open'].every((id) => now.forecast.drivers.some((driver) => driver.id === id)) ? now : null;
  });
  mustBe(after.forecast.probability < before.forecast.probability, 'the forecast after the surveys', 'it did not fall');
  tellRenewalChange(teller, after.renewal, before.forecast, after.forecast);
  return after;
}

async function thirdStrike({ teller, system, receiver, today }: Scene, before: Standing): Promise<void> {
  teller.chapter('Live: the champion leaves. Three strikes: a save-plan review');
  await system.send('the departure', departure(storyAccount));
  const health = await until('the third strike', stepMs, system.signal, async () => {
    const now = await system.health(accountId);
    return now.strikes.count >= 3 ? now : null;
  });
  mustBe(health.strikes.savePlanReview, 'the call for a save-plan review', `strikes in ${health.strikes.groups.join(', ')} asked for none`);
  tellHealthChange(teller, before.health, health);
  const review = await until('the task of the save-plan review', stepMs, system.signal, async () => (await system.openTasks(accountId)).find(({ title }) => title.startsWith('Save-plan review')) ?? null);
  mustBe(review.dueOn >= today, 'the date of the save-plan review', `it is due on ${review.dueOn}`);
  tellTasks(teller, [review]);
  const { renewal, forecast } = await until('the forecast after the departure', stepMs, system.signal, async () => {
    const now = await standingOf(system);
    return now.forecast.drivers.some(({ id }) => id === 'champion_left') ? now : null;
  });
  teller.line();
  tellRenewalChange(teller, renewal, before.forecast, forecast);
  await system.settled('the end of the story', stepMs);
  const runs = (await system.runs(accountId)).filter(({ playbook }) => playbook.id === 'risk-response');
  mustBe(runs.length === 1, 'one run for one trouble', `${runs.length} runs of risk-response were started`);
  mustBe(receiver.received.length === 1, 'one webhook for one change of risk', `${receiver.received.length} were received`);
  teller.aside('Red stays red: no second webhook, and the same run took the review in.');
}

async function standingOf(system: DemoSystem): Promise<Standing> {
  const renewal = await system.renewal(accountId);
  mustBe(renewal !== null && renewal.forecast !== null, 'the forecast of the renewal', `${name} has none`);
  return { health: await system.health(accountId), renewal, forecast: renewal.forecast };
}

const hasAll = ({ indicators }: HealthState, kinds: readonly string[]): boolean => kinds.every((kind) => indicators.some((indicator) => indicator.kind === kind));
