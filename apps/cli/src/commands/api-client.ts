import { readCredentials } from '../composition/credentials.js';
import { OperatorError } from '../composition/operator-error.js';

export interface ApiOptions {
  readonly url?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly dataDir: string;
}

/** Calls a running Perennial: at `--url` with `--api-key`, or with what the data folder knows. */
export class ApiClient {
  readonly url: string;
  private readonly apiKey: string;

  constructor(options: ApiOptions) {
    const known = options.url && options.apiKey ? null : readCredentials(options.dataDir);
    const url = options.url ?? known?.url;
    const apiKey = options.apiKey ?? known?.apiKey;
    if (!url || !apiKey) throw new OperatorError(`no address or key: give --url and --api-key, or --data-dir of a system that was started here (looked in ${options.dataDir})`);
    this.url = url.replace(/\/$/, '');
    this.apiKey = apiKey;
  }

  async get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new OperatorError(`${method} ${path} answered ${response.status}: ${problemText(text)}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  /** The bare answer, for streams and for probing. */
  async request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    try {
      return await fetch(this.url + path, {
        method,
        headers: { authorization: `Bearer ${this.apiKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new OperatorError(`nothing answers at ${this.url}: start it with \`perennial up\`, or give --url`);
    }
  }
}

function problemText(text: string): string {
  try {
    const problem = JSON.parse(text) as { title?: string; detail?: string };
    return [problem.title, problem.detail].filter(Boolean).join(': ');
  } catch {
    return text.slice(0, 200);
  }
}
