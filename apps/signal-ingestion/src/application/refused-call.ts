/** Why something that somebody asked for is not done: expected, and said with what to do instead. */
export interface RefusedCall {
  /** It names something that is not there, or stands against what is. */
  readonly because: 'not_found' | 'conflict' | 'invalid';
  /** Stable name. */
  readonly code: string;
  readonly detail: string;
}

export function isRefusedCall(value: object): value is RefusedCall {
  return 'because' in value;
}
