/** Values of `--as`, as signal-ingestion knows them; here too, so that help and a misspelt one need no running system. */
export const importKinds = ['accounts', 'people', 'contracts', 'tickets', 'surveys', 'usage', 'licenses', 'engagements', 'milestones', 'metrics', 'pulses', 'notes', 'invoices', 'goals', 'opportunities', 'signals'] as const;
