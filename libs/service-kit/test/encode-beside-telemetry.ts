import { createRequire } from 'node:module';
import { KafkaClient } from '@perennial/messaging/kafka/kafka-client';
import { createLogger } from '../src/logging.js';
import { startTelemetry } from '../src/telemetry.js';

// Prints how many bytes kafkajs took for a record of one byte, in a process that is set up as a service is.
await startTelemetry(process.env);
new KafkaClient({ brokers: ['127.0.0.1:1'], clientId: 'encoder', logger: createLogger({ level: 'silent' }) });
const encode = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0') as (record: object) => { readonly buf: Buffer };
process.stdout.write(String(encode({ value: Buffer.from('v') }).buf.length));
