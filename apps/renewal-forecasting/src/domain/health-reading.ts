/** What the forecast takes from an account's health: its risk indicators and the CSM's latest pulse. */
export interface HealthReading {
  readonly indicators: readonly { readonly kind: string; readonly severe: boolean; readonly text: string }[];
  /** 1-5 while it is valid, else null. */
  readonly pulse: number | null;
}
