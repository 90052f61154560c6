import { Inject, Injectable } from '@nestjs/common';
import { allTopics } from '@perennial/contracts/topics';
import { deadLetterTopicName } from '@perennial/contracts/topic';
import { EVENT_LOG, type Erased, type EventLog, type LogRecord } from '@perennial/messaging/event-log';
import { PersonFinder, searchTexts, wordsOf, type Traces } from '../domain/person-finder.js';
import { readingServices } from './log-readers.js';

/** All topics, for others put into words what they learnt of people; with the dead letters of those who read them. */
const cleaned = allTopics.flatMap((topic) => [
  topic.name,
  ...readingServices.map((service) => deadLetterTopicName(topic, service)),
]);

/** Takes a person out of the log. */
@Injectable()
export class EraseFromLog {
  constructor(@Inject(EVENT_LOG) private readonly log: EventLog) {}

  /**
   * Empties what is about the person, and what was said until `since` of these accounts in words that name them; again finds
   * nothing more. `onWay` is called again and again meanwhile. Null: this log keeps its records until their retention is over.
   */
  async erase(traces: Traces, accountIds: readonly string[], since: Date, onWay: () => Promise<void>): Promise<Erased | null> {
    const finder = new PersonFinder(traces);
    const known = new Set(traces.keys);
    const words = new Map(accountIds.map((accountId) => [accountId, wordsOf(traces, accountId)]));
    const texts = [...new Set([...searchTexts(traces), ...traces.keys, ...[...words.values()].flatMap(({ searched }) => searched)])];
    const isAbout = ({ key, value }: LogRecord): boolean => {
      if (key !== null && known.has(key)) return true;
      const said = parsed(value);
      // No JSON, e.g. a dead letter: it holds one of the texts.
      if (said === undefined) return true;
      // What is said of the person's accounts in words may call them by name; two people elsewhere may share one.
      return finder.isIn(said) || (key !== null && !keepsNames(said, since) && words.get(key)?.areIn(said) === true);
    };
    const done = { erased: 0, left: 0 };
    for (const topic of cleaned) {
      const found = await this.log.erase(topic, texts, isAbout);
      if (found === null) return null;
      done.erased += found.erased;
      done.left += found.left;
      await onWay();
    }
    return done;
  }
}

/** Undefined: it is no JSON. */
function parsed(value: Buffer | null): unknown {
  try {
    return value === null ? null : JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Signals that are told again as they are: one about somebody else, who may have the same name, and one that came after the erasure. */
function keepsNames(said: unknown, since: Date): boolean {
  if (typeof said !== 'object' || said === null || !('kind' in said)) return false;
  return said.kind === 'person' || ('receivedAt' in said && typeof said.receivedAt === 'string' && Date.parse(said.receivedAt) > since.getTime());
}
