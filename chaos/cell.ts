import type { EventLog } from '@perennial/messaging/event-log';
import type { WebhookSink } from './faults/webhook-sink.js';
import type { Load } from './load/load.js';
import type { PlanOptions } from './load/plan.js';
import type { Random } from '@perennial/testing/random';
import type { KafkaSystem } from './system/kafka-system.js';
import type { PostgresSystem } from './system/postgres-system.js';
import type { LogKind, SystemOptions } from './system/system.js';

/** What a cell works with while its load runs. */
export interface CellContext {
  readonly system: KafkaSystem | PostgresSystem;
  readonly load: Load;
  readonly sink: WebhookSink;
  readonly random: Random;
  /** The harness's own access to the log. */
  readonly openLog: () => Promise<EventLog>;
  /** Something that must not be; the cell fails with it. */
  readonly fail: (what: string) => void;
  /** Something worth showing with the result. */
  readonly note: (what: string) => void;
  /** Letters that stay dead after this cell. Default 0; null: any number. */
  readonly expectDeadLetters: (count: number | null) => void;
  /** Sinks to check beside the first. */
  readonly alsoCheck: (sink: WebhookSink) => void;
}

/** Options of a system with what has to be put away after it. */
export interface CellSystem extends SystemOptions {
  readonly cleanUp?: () => void;
}

/** One fault: what is done to a system under load. After it the load ends, the system comes to rest and everything is compared. */
export interface Cell {
  /** Number of the fault matrix and a name, e.g. `1-relay`. */
  readonly id: string;
  readonly logs: readonly LogKind[];
  /** It mounts a file system. */
  readonly needsRoot?: boolean;
  readonly system?: SystemOptions | ((log: LogKind) => Promise<CellSystem>);
  readonly plan?: Partial<PlanOptions>;
  /** How long the load takes when nothing fails; default 8 s. */
  readonly seconds?: number;
  readonly repeats?: number;
  /** Data are gone after this: only what the cell itself looks at is checked. */
  readonly endsBroken?: boolean;
  /** The same with one of its faults each, for who has less time; `--only` takes their ids too. */
  readonly parts?: readonly Cell[];
  /** Before the load starts. */
  prepare?(context: CellContext): Promise<void>;
  /** While the load runs. */
  run(context: CellContext): Promise<void>;
  /** After the load, when everything is at rest. */
  afterwards?(context: CellContext): Promise<void>;
}

export const both: readonly LogKind[] = ['kafka', 'postgres'];
