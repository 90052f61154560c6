import { ApiClient, type ApiOptions } from '../commands/api-client.js';

export interface ImportJob {
  readonly id: string;
  readonly state: 'uploading' | 'waiting' | 'running' | 'ending' | 'done' | 'failed' | 'cancelled';
  readonly dryRun: boolean;
  readonly receivedBytes: number;
  readonly rows: { readonly read: number; readonly taken: number; readonly repeated: number; readonly rejected: number };
  readonly signals: number;
  readonly waitingSignals: number;
  readonly accounts: number;
  readonly progress: number;
  readonly rowsPerSecond: number | null;
  readonly remainingSeconds: number | null;
  readonly failure: { readonly code: string; readonly detail: string } | null;
}

export interface Preview {
  readonly format: { readonly kind: string; readonly encoding: string; readonly delimiter: string | null };
  readonly columns: readonly { readonly column: string; readonly field: string | null; readonly how: 'given' | 'guessed' | null }[];
  readonly constants: Readonly<Record<string, string>>;
  readonly rows: readonly { readonly row: number; readonly says: readonly object[] | null; readonly error: { readonly column: string | null; readonly detail: string } | null }[];
}

export interface RowError {
  readonly row: number;
  readonly line: number;
  readonly code: string;
  readonly column: string | null;
  readonly detail: string;
}

/** The imports of a running system. */
export class ImportApi {
  private readonly client: ApiClient;

  constructor(options: ApiOptions) {
    this.client = new ApiClient(options);
  }

  async ofFile(sha256: string, as: string): Promise<ImportJob[]> {
    return (await this.client.get<{ data: ImportJob[] }>(`/api/v1/imports?sha256=${sha256}&as=${encodeURIComponent(as)}`)).data;
  }

  get(id: string): Promise<ImportJob> {
    return this.client.get(`/api/v1/imports/${id}`);
  }

  async errors(id: string, afterRow: number): Promise<{ data: RowError[]; hasMore: boolean }> {
    return this.client.get(`/api/v1/imports/${id}/errors?limit=1000&startingAfter=${afterRow}`);
  }

  preview(query: URLSearchParams, bytes: Buffer): Promise<Preview> {
    return this.client.send('POST', `/api/v1/imports/preview?${query.toString()}`, bytes);
  }

  /** Its file follows by `append`. */
  create(query: URLSearchParams): Promise<ImportJob> {
    return this.client.send('POST', `/api/v1/imports?${query.toString()}`, Buffer.alloc(0), { 'upload-complete': '?0' });
  }

  append(id: string, offset: number, bytes: Buffer, isLast: boolean): Promise<ImportJob> {
    return this.client.send('PATCH', `/api/v1/imports/${id}`, bytes, { 'upload-offset': String(offset), 'upload-complete': isLast ? '?1' : '?0' });
  }
}
