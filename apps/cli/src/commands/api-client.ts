import { readCredentials } from '../composition/credentials.js';
import { OperatorError } from '../composition/operator-error.js';

export interface ApiOptions {
  readonly url?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly dataDir: string;
}

/** An answer that is no success. */
export class RefusedCall extends OperatorError {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }

  /** Asked again it would be refused again. */
  get isFinal(): boolean {
    return this.status < 500 && ![408, 409, 429].includes(this.status);
  }
}

/** Calls a running Perennial: at `--url` with `--api-key`, or with what the data folder knows. */
export class ApiClient {
  readonly url: string;
  private readonly apiKey: string;

  constructor(options: ApiOptions) {
    const known = options.url && options.apiKey ? null : readCredentials(options.dataDir);
    const url = options.url ?? known?.url;
    const apiKey = options.apiKey ?? known?.apiKey;
    const missing = [...(url ? [] : ['--url']), ...(apiKey ? [] : ['--api-key'])].join(' and ');
    if (!url || !apiKey) throw new OperatorError(`whom to talk to is not known: give ${missing}, or --data-dir of a system that was started here (looked in ${options.dataDir})`);
    this.url = url.replace(/\/$/, '');
    this.apiKey = apiKey;
  }

  async get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    return this.answerOf<T>(method, path, await this.request(method, path, body));
  }

  /** Sends bytes as they are. */
  async send<T>(method: string, path: string, bytes: Buffer, headers: Record<string, string> = {}): Promise<T> {
    const response = await this.reach(path, { method, headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/octet-stream', ...headers }, body: new Uint8Array(bytes) });
    return this.answerOf<T>(method, path, response);
  }

  private async answerOf<T>(method: string, path: string, response: Response): Promise<T> {
    const text = await response.text();
    if (!response.ok) throw new RefusedCall(refusal(`${method} ${path.split('?', 1)[0]} answered ${response.status}`, response.status, text), response.status);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  /** The bare answer, for streams and for probing. */
  async request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    return this.reach(path, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  }

  private async reach(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.url + path, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new OperatorError(`nothing answers at ${this.url}: start it with \`perennial up\`, or give --url`);
    }
  }
}

/** What to do about a refusal stands in its problem; which call it was matters only where the service itself failed. */
export function refusal(call: string, status: number, text: string): string {
  let problem: { title?: string; detail?: string; errors?: { pointer: string; detail: string }[] };
  try {
    problem = JSON.parse(text) as typeof problem;
  } catch {
    return `${call}: ${text.slice(0, 200)}`;
  }
  const { title, detail, errors = [] } = problem;
  const said = errors.length > 0 && (detail === undefined || detail.endsWith('see errors')) ? errors.map(({ pointer, detail: one }) => `${pointer.replace(/^[?/]/, '')} ${one}`).join('; ') : detail;
  return status < 500 && said !== undefined ? said : [call, title, said].filter(Boolean).join(': ');
}
