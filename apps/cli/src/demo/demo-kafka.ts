import { telemetryTopic } from '@perennial/contracts/topics';
import { openEventLog } from '@perennial/service-kit/open-event-log';
import { testKafka } from '@perennial/testing/kafka';
import { pino } from 'pino';
import { OperatorError } from '../composition/operator-error.js';

export interface DemoKafka {
  readonly brokers: readonly string[];
  readonly origin: string;
  stop(): Promise<void>;
}

/** The Kafka that the tests would use too. Throws with one line where there is none, or one that others already use. */
export async function demoKafka(): Promise<DemoKafka> {
  const kafka = await testKafka();
  if ('unavailable' in kafka) throw new OperatorError(`no Kafka to be had: ${kafka.unavailable}`);
  if (kafka.origin === 'KAFKA_BROKERS') await requireUnused(kafka.brokers);
  return { brokers: kafka.brokers, origin: kafka.origin, stop: () => kafka.stop() };
}

/** The demo's databases are new: what an earlier system left in these topics would be taken for its own. */
async function requireUnused(brokers: readonly string[]): Promise<void> {
  const log = await openEventLog({ kind: 'kafka', brokers }, 'perennial-demo', pino({ level: 'silent' }));
  try {
    const marks = await log.watermarks(telemetryTopic.name).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'Fatal') return [];
      throw error;
    });
    if (marks.some(({ high }) => high > 0n)) {
      throw new OperatorError(`the Kafka at ${brokers.join(',')} already holds events of a Perennial (${telemetryTopic.name}): name an empty one in KAFKA_BROKERS, or unset it`);
    }
  } finally {
    await log.close();
  }
}
