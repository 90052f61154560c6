import { evolve } from './evolve.js';
import type { RunEvent } from './run-events.js';
import type { Run, RunState, Thread } from './run.js';

/** Collects the events of one decision while keeping the state they lead to. */
export interface Recorder {
  readonly events: readonly RunEvent[];
  state(): RunState;
  /** The run; only after it was started. */
  run(): Run;
  thread(id: string): Thread;
  emit(event: RunEvent): void;
}

export function recorder(initial: RunState): Recorder {
  const events: RunEvent[] = [];
  let state = initial;
  const run = () => {
    if (state === null) throw new Error('the run has not been started');
    return state;
  };
  return {
    events,
    state: () => state,
    run,
    thread: (id) => {
      const found = run().threads.find((thread) => thread.id === id);
      if (!found) throw new Error(`run ${run().id} has no thread ${id}`);
      return found;
    },
    emit: (event) => {
      events.push(event);
      state = evolve(state, event);
    },
  };
}
