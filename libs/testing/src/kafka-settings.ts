/** What a broker for tests is told, in a process or in a container: all but where it listens and stores. */
export const testBrokerSettings: Readonly<Record<string, string | number | boolean>> = {
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.listener.names': 'CONTROLLER',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
  'auto.create.topics.enable': false,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 4,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.num.partitions': 4,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  // A broker that comes back after SIGKILL is let in when its old session is over: 9 s by default.
  'broker.session.timeout.ms': 1500,
  'broker.heartbeat.interval.ms': 400,
  'group.initial.rebalance.delay.ms': 0,
  'log.initial.task.delay.ms': 500,
  'log.retention.check.interval.ms': 500,
  'log.cleaner.backoff.ms': 500,
};
