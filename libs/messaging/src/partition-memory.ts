import type { PartitionMemory } from './batch-consumer.js';

/** The memory of one assigned partition; `clear` throws all of it away. */
export class SlotMemory implements PartitionMemory {
  private readonly slots = new Map<symbol, unknown>();

  keep<V>(slot: symbol, make: () => V): V {
    if (!this.slots.has(slot)) this.slots.set(slot, make());
    return this.slots.get(slot) as V;
  }

  clear(): void {
    this.slots.clear();
  }
}
