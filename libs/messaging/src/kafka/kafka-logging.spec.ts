import { logLevel } from 'kafkajs';
import { logCreator } from './kafka-logging.js';

function said() {
  const lines: string[] = [];
  let clock = 0;
  const note = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`);
  const sink = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
  const write = logCreator(sink, () => clock)();
  return {
    lines,
    pass: (ms: number) => (clock += ms),
    log: (level: logLevel, message: string, extra: object = {}) => write({ namespace: 'Connection', level, label: '', log: { timestamp: '', logger: 'kafkajs', message, ...extra } }),
  };
}

describe('log lines of kafkajs', () => {
  it.each([
    'The group coordinator is not available',
    'The coordinator is loading and hence can not process requests for this group',
    'The group is rebalancing, so a rejoin is needed',
  ])('takes "%s" for a part of the normal start', (error) => {
    const { lines, log } = said();
    log(logLevel.ERROR, 'Response GroupCoordinator(key: 10, version: 2)', { error });
    expect(lines).toEqual(['debug Response GroupCoordinator(key: 10, version: 2)']);
  });

  it('takes what the library will try again for a warning, said once in ten seconds', () => {
    const { lines, log, pass } = said();
    for (let i = 0; i < 50; i++) log(logLevel.ERROR, 'Connection error: connect ECONNREFUSED 127.0.0.1:9092');
    pass(10_001);
    log(logLevel.ERROR, 'Connection error: connect ECONNREFUSED 127.0.0.1:9092');
    log(logLevel.ERROR, 'Connection timeout');
    expect(lines).toEqual([
      'warn Connection error: connect ECONNREFUSED 127.0.0.1:9092',
      'warn Connection error: connect ECONNREFUSED 127.0.0.1:9092',
      'warn Connection timeout',
    ]);
  });

  it('keeps the library’s news out of the log', () => {
    const { lines, log } = said();
    log(logLevel.INFO, 'Consumer has joined the group');
    expect(lines).toEqual(['debug Consumer has joined the group']);
  });
});
