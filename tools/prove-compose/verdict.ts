import type { Load } from './load.js';
import type { Observer, TailedEvent } from './observe.js';

type Sent = Pick<Load, 'ledger' | 'accounts' | 'retries'>;
type Seen = Pick<Observer, 'topic' | 'call' | 'deliveries'>;

/**
 * What was accepted against what came of it, at three places: signals on the log, facts in the database, and
 * risk changes with their webhooks. Empty when nothing was lost, doubled or put out of order. A record sent again
 * under the same version is no second event (a relay that dies before it can note that it has sent; readers drop
 * it by its version): those are counted and told, and must be the same to the letter.
 */
export async function faultsOf(load: Sent, observer: Seen, secret: string, say: (text: string) => void): Promise<string[]> {
  const faults: string[] = [];
  const { events: signals, again } = once(await observer.topic('signals'), faults);
  const findings = load.ledger.check(signals.map(({ data }) => String(data['id'])));
  say(`signals: ${findings.accepted} accepted (${load.retries} calls made again), ${findings.effects} on the log, ${findings.lost.length} lost, ${findings.doubled.length} doubled, ${again} sent again under the same version`);
  for (const kind of ['lost', 'doubled', 'unexpected', 'outOfOrder'] as const) if (findings[kind].length > 0) faults.push(`${findings[kind].length} signals ${kind}: ${findings[kind].slice(0, 5).join(', ')}`);

  for (const accountId of load.accounts) {
    const own = (list: readonly string[]) => list.filter((id) => id.startsWith(`${accountId}-`)).sort();
    const facts = (await observer.call<{ data: { id: string }[] }>('GET', `/api/v1/accounts/${accountId}/signals?limit=100`)).data.map(({ id }) => id);
    const expected = ['contract', 'ticket', 'cancel'].map((what) => `${accountId}-${what}`).sort();
    if (JSON.stringify(own(facts)) !== JSON.stringify(expected)) faults.push(`facts of ${accountId}: ${own(facts).join(', ')}`);
  }

  const { events: changes, again: changesAgain } = once(await observer.topic('risk-changes'), faults);
  const nameOf = (accountId: unknown, version: unknown): string => `${String(accountId)}/${String(version)}`;
  const published = changes.map(({ data }) => nameOf(data['accountId'], data['version']));
  for (const accountId of load.accounts) {
    const path = changes.filter(({ data }) => data['accountId'] === accountId).map(({ data }) => `${String(data['from'])}>${String(data['to'])}`);
    if (path.length !== 1 || !path[0]!.endsWith('>red')) faults.push(`risk changes of ${accountId}: ${path.join(', ') || 'none'}`);
  }

  const deliveries = await observer.deliveries(secret);
  const ids = new Map<string, Set<string>>();
  for (const { accountId, version, id } of deliveries) ids.set(nameOf(accountId, version), (ids.get(nameOf(accountId, version)) ?? new Set()).add(id));
  const forged = deliveries.filter((each) => !each.verified).length;
  if (forged > 0) faults.push(`${forged} webhooks with a wrong signature`);
  for (const name of published) if (!ids.has(name)) faults.push(`no webhook for risk change ${name}`);
  for (const [name, own] of ids) {
    if (own.size > 1) faults.push(`risk change ${name} came under ${own.size} ids`);
    if (!published.includes(name)) faults.push(`a webhook for ${name}, which is no risk change`);
  }
  say(`risk changes: ${published.length} of ${load.accounts.length} accounts, ${changesAgain} sent again under the same version; webhooks: ${ids.size} received, ${deliveries.length - ids.size} sent again under the same id`);
  return faults;
}

/** Each event once, by key and version; what differs under the same version is a fault. */
function once(records: readonly TailedEvent[], faults: string[]): { events: TailedEvent[]; again: number } {
  const byVersion = new Map<string, TailedEvent>();
  for (const record of records) {
    const name = `${record.key}/${String(record.data['version'])}`;
    const known = byVersion.get(name);
    if (!known) byVersion.set(name, record);
    else if (known.type !== record.type || JSON.stringify(known.data) !== JSON.stringify(record.data)) faults.push(`two different events are called ${name}`);
  }
  return { events: [...byVersion.values()], again: records.length - byVersion.size };
}
