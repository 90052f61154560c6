import { Fatal, Transient } from '../errors.js';

/** What kafkajs' errors carry; its classes are not told apart by `instanceof` (they are wrapped in each other). */
interface KafkaError extends Error {
  readonly type?: string;
}

/** Broker answers that no repetition mends, with what to do. */
const hopeless: Readonly<Record<string, string>> = {
  MESSAGE_TOO_LARGE: 'the record is larger than the topic allows: send less or raise max.message.bytes',
  RECORD_LIST_TOO_LARGE: 'the batch is larger than a log segment: raise segment.bytes',
  INVALID_TOPIC_EXCEPTION: 'the topic name is not allowed',
  INVALID_REPLICATION_FACTOR: "the cluster has fewer brokers than its default replication factor: mend the broker's default.replication.factor",
  INVALID_CONFIG: 'the broker refuses a setting of the topic',
  POLICY_VIOLATION: 'the broker has a policy against this topic',
  TOPIC_AUTHORIZATION_FAILED: 'grant this client access to the topic',
  GROUP_AUTHORIZATION_FAILED: 'grant this client access to the consumer group',
  CLUSTER_AUTHORIZATION_FAILED: 'grant this client access to the cluster',
  UNSUPPORTED_VERSION: 'the broker is too old or too new for this client: Kafka 2.1 to 4.x is supported',
};

/** The chain of causes of an error, itself first. */
function* causes(error: unknown): Generator<KafkaError> {
  for (let one = error, depth = 0; one instanceof Error && depth < 10; one = one.cause, depth++) {
    yield one;
    const { errors } = one as { errors?: unknown };
    if (Array.isArray(errors)) for (const inner of errors) yield* causes(inner);
  }
}

/** The broker's error codes in an error, e.g. `UNKNOWN_TOPIC_OR_PARTITION`. */
export function brokerCodes(error: unknown): Set<string> {
  return new Set([...causes(error)].flatMap(({ type }) => (typeof type === 'string' ? [type] : [])));
}

/** `Fatal` where repeating cannot help, else `Transient`: the broker is away, busy or changing sides. */
export function translated(error: unknown, doing: string): Transient | Fatal {
  if (error instanceof Transient || error instanceof Fatal) return error;
  for (const code of brokerCodes(error)) {
    const advice = hopeless[code];
    if (advice) return new Fatal(`${doing}: ${advice}`, { cause: error });
  }
  return new Transient(`${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

/** This member lost its place in the group: somebody else may own its partitions now. */
export function lostMembership(error: unknown): boolean {
  const codes = brokerCodes(error);
  return ['REBALANCE_IN_PROGRESS', 'UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'].some((code) => codes.has(code));
}
