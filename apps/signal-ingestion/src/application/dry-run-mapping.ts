import { Inject, Injectable } from '@nestjs/common';
import { telemetryTopic } from '@perennial/contracts/topics';
import { EVENT_LOG, type EventLog } from '@perennial/messaging/event-log';
import { Clock } from '@perennial/service-kit/clock';
import { CONFIG } from '@perennial/service-kit/service';
import type { SignalIngestionConfig } from '../config.js';
import type { ItemFault } from '../domain/item-fault.js';
import { compileMapping, type CompiledMapping, type Unmapped } from '../domain/mapping/compile-mapping.js';
import type { Mapping } from '../domain/mapping/mapping-rule.js';
import type { Meaning } from '../domain/vendors/vendor.js';
import { vendorNamed } from '../domain/vendors/vendors.js';
import { callsOfSource } from './calls-of-source.js';
import { PublishedMappings } from './published-mappings.js';

/** Records looked at, the newest of each partition: a dry run ends within seconds, whatever the traffic. */
export const mostRecords = 30_000;
const pageSize = 500;
const examplesOfRule = 3;
const examplesOfChanges = 20;

/** What a message would tell. */
export interface Outcome {
  readonly kind: string;
  readonly data: unknown;
  readonly role: string | null;
  readonly rule: string | null;
}

export interface DryRunExample {
  readonly receivedAt: string;
  readonly call: string;
  readonly event: string | null;
  readonly before: Outcome | ItemFault;
  readonly after: Outcome | ItemFault;
}

export interface RuleReport {
  readonly index: number;
  readonly name: string;
  /** Messages it decided. */
  matched: number;
  /** Of these, what it made of them was no signal: they would be refused and listed. */
  unfit: number;
  readonly examples: DryRunExample[];
}

export interface DryRun {
  readonly days: number;
  /** False: older messages of these days were not looked at. */
  readonly complete: boolean;
  /** Messages of the source. */
  readonly messages: number;
  readonly matched: number;
  readonly changed: number;
  /** How many go from which kind to which, e.g. `usage -> milestone`. */
  readonly changes: ReadonlyMap<string, number>;
  readonly rules: readonly RuleReport[];
  readonly examples: readonly DryRunExample[];
}

/** Says what a mapping would make of a source's last days, from the telemetry that is kept; nothing is stored. */
@Injectable()
export class DryRunMapping {
  constructor(
    @Inject(EVENT_LOG) private readonly log: EventLog,
    private readonly published: PublishedMappings,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: SignalIngestionConfig,
  ) {}

  async run(sourceId: string, mapping: Mapping, days: number): Promise<DryRun> {
    const since = this.clock.now().getTime() - days * 86_400_000;
    const [before, after] = [this.published.of(sourceId), compileMapping(mapping)];
    const rules = mapping.rules.map(({ name }, index): RuleReport => ({ index, name, matched: 0, unfit: 0, examples: [] }));
    const changes = new Map<string, number>();
    const examples: DryRunExample[] = [];
    const total = { messages: 0, matched: 0, changed: 0 };
    const complete = await this.read(sourceId, since, (message) => {
      total.messages++;
      const was = this.outcome(before, message);
      const is = this.outcome(after, message);
      if (is.index !== null) total.matched++;
      const report = is.index === null ? undefined : rules[is.index];
      const example = (): DryRunExample => ({ receivedAt: new Date(message.receivedAt).toISOString(), call: message.call, event: eventOf(message.meaning), before: was.outcome, after: is.outcome });
      if (report) {
        report.matched++;
        if ('code' in is.outcome) report.unfit++;
        if (report.examples.length < examplesOfRule) report.examples.push(example());
      }
      if (sameOutcome(was.outcome, is.outcome)) return;
      total.changed++;
      const change = `${nameOf(was.outcome)} -> ${nameOf(is.outcome)}`;
      changes.set(change, (changes.get(change) ?? 0) + 1);
      if (examples.length < examplesOfChanges) examples.push(example());
    });
    return { days, complete, ...total, changes, rules, examples };
  }

  private outcome(mapping: CompiledMapping, message: Unmapped): { readonly index: number | null; readonly outcome: Outcome | ItemFault } {
    const mapped = mapping.map(message, this.config.rules);
    const meaning = mapped?.meaning ?? message.meaning;
    const index = mapped?.rule.index ?? null;
    if ('code' in meaning) return { index, outcome: meaning };
    return { index, outcome: { kind: meaning.signal?.kind ?? 'none', data: meaning.signal?.data ?? null, role: meaning.role ?? null, rule: mapped?.rule.name ?? null } };
  }

  /** Hands over the messages of the source since `since` (ms) that vendors can read; false when there were more records than are looked at. */
  private async read(sourceId: string, since: number, take: (message: Unmapped) => void): Promise<boolean> {
    const marks = await this.log.watermarks(telemetryTopic.name);
    const share = BigInt(Math.floor(mostRecords / Math.max(1, marks.length)));
    let complete = true;
    for (const { partition, low, high } of marks) {
      const from = high - low > share ? high - share : low;
      let oldest: number | null = null;
      for (let at = from; at < high; ) {
        const records = await this.log.read(telemetryTopic.name, partition, at, pageSize);
        const last = records.at(-1);
        if (!last) break;
        oldest ??= records[0]?.timestamp.getTime() ?? null;
        for (const { vendor: name, call, body, sentAt, receivedAt } of callsOfSource(records, sourceId, since)) {
          const vendor = vendorNamed(name);
          if (!vendor || vendor.faultOf(call, body, sentAt, receivedAt, this.config.rules) !== null) continue;
          take({ vendor: name, call, body, receivedAt, meaning: vendor.meaningOf(call, body) });
        }
        at = last.offset + 1n;
      }
      if (from > low && oldest !== null && oldest > since) complete = false;
    }
    return complete;
  }
}

function eventOf({ signal }: Meaning): string | null {
  return signal?.kind === 'usage' ? signal.data.event : null;
}

function sameOutcome(a: Outcome | ItemFault, b: Outcome | ItemFault): boolean {
  if ('code' in a || 'code' in b) return 'code' in a && 'code' in b && a.code === b.code;
  return a.kind === b.kind && a.role === b.role && JSON.stringify(a.data) === JSON.stringify(b.data);
}

const nameOf = (outcome: Outcome | ItemFault): string => ('code' in outcome ? 'refused' : outcome.kind);
