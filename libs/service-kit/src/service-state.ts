/** What a running service tells its probes about itself. */
export class ServiceState {
  /** True from the first sign of shutting down: not ready any more. */
  draining = false;
  constructor(readonly name: string) {}
}
