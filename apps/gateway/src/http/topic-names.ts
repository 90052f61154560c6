import type { AnyTopic } from '@perennial/contracts/topic';
import { allTopics } from '@perennial/contracts/topics';

/** The topic of this short name (`signals`) or full name (`perennial.signals.v1`). */
export function topicNamed(name: string): AnyTopic | undefined {
  return allTopics.find((topic) => topic.stream === name || topic.name === name);
}

/** For people who named one that is not there. */
export const unknownTopic = (name: string): string => `there is no topic ${name}: one of ${allTopics.map((topic) => topic.stream).join(', ')}`;
