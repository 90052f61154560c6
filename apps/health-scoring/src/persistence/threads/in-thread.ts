import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

export type Answer = { readonly found: unknown } | { readonly fault: string; readonly isFinal: boolean };

/** On Linux a thread has a priority of its own: whatever is scored live goes first. Elsewhere it runs like everybody. */
export function stepBack(priority: number): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (thread > 0) setPriority(thread, priority);
  } catch {
    // No Linux, or not allowed.
  }
}

/** Answers each question with what is found. `isFinal`: trying again is of no use. */
export function answerAll<Question>(find: (question: Question) => unknown, isFinal: (error: unknown) => boolean): void {
  const answer = async (question: Question): Promise<Answer> => {
    try {
      return { found: await find(question) };
    } catch (error) {
      return { fault: error instanceof Error ? error.message : String(error), isFinal: isFinal(error) };
    }
  };
  parentPort!.on('message', (question: Question) => void answer(question).then((told) => parentPort!.postMessage(told)));
}
