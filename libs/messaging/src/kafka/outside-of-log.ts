import type { Assignment } from './assignment.js';
import { Backoff } from '../backoff.js';
import type { PartitionControl } from './fetched-batch.js';

/**
 * Looks after a paused partition whose position lies outside of the log: the owner gets an empty batch with
 * the true watermarks until it names an offset that exists. Until then nothing of it is read or stored.
 */
export async function lookAfter(control: PartitionControl, assignment: Assignment, partition: number): Promise<void> {
  if (!assignment.current || assignment.outside.has(partition)) return;
  assignment.outside.add(partition);
  const { group, topic } = control.options;
  await assignment.welcomed;
  const backoff = new Backoff();
  for (; assignment.current; await backoff.pause(assignment.signal)) {
    try {
      const mark = (await control.positions.refresh()).find((one) => one.partition === partition);
      if (!mark || !assignment.current) continue;
      const stood = control.positions.next(partition);
      const next = await control.options.onBatch({
        partition,
        records: [],
        lowWatermark: mark.low,
        highWatermark: mark.high,
        heartbeat: () => Promise.resolve(),
        isCurrent: () => assignment.current,
      });
      // A seek in the meantime counts for more than the answer.
      const sought = control.positions.next(partition);
      const from = sought === stood ? next : sought;
      if (from === undefined || from < mark.low || from > mark.high || !assignment.current) continue;
      control.seek(partition, from);
      assignment.outside.delete(partition);
      control.resume([partition]);
      return;
    } catch (error) {
      control.logger.warn({ group, topic, partition, err: error }, 'the position lies outside of the log and the handler refuses to go on: asking again');
    }
  }
}
