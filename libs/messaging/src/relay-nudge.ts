/** Tells the relay, after a commit, that the outbox has rows. Costs nothing when nobody listens. */
export class RelayNudge {
  private listener: (() => void) | null = null;

  readonly nudge = (): void => this.listener?.();

  /** The relay of this process registers itself; null when it stops. */
  listen(listener: (() => void) | null): void {
    this.listener = listener;
  }
}
