// Suites that take longest begin first, so that the workers end at about the same time: without the cache of an
// earlier run Jest goes by the size of the files, and one worker is left alone with a long one.
import Sequencer from '@jest/test-sequencer';

const longest = [
  'h9.e2e', 'p2.e2e', 'h1.e2e', 's5.e2e', 's7.e2e', 'p1.e2e', 's3.e2e', 'h16.e2e', 's1-clients.e2e',
  'crash.int', 'clients.int', 'time-alone.int', 'kafka-faults.int', 'delivery-faults.int', 'embedded-postgres.int', 'setup.int', 'up.int', 'slow-receivers.int',
];

const rankOf = ({ path }) => {
  const rank = longest.findIndex((name) => path.endsWith(`/${name}.spec.ts`));
  return rank === -1 ? longest.length : rank;
};

export default class LongFirst extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((a, b) => rankOf(a) - rankOf(b));
  }
}
