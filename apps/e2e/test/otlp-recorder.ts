import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

type Value = string | number | boolean | readonly Value[] | null;

/** A span as it left the process. */
export interface RecordedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes: Readonly<Record<string, Value>>;
  /** Span ids it points to. */
  readonly links: readonly string[];
  readonly failed: boolean;
}

interface WireValue {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
  boolValue?: boolean;
  arrayValue?: { values?: WireValue[] };
}
interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes?: { key: string; value: WireValue }[];
  links?: { spanId: string }[];
  status?: { code?: number };
}
interface WireRequest {
  resourceSpans?: { scopeSpans?: { spans?: WireSpan[] }[] }[];
}

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

/** A collector: takes `POST /v1/traces` in OTLP's JSON, and keeps what came, read and as text. */
export class OtlpRecorder {
  readonly spans: RecordedSpan[] = [];
  text = '';
  private constructor(private readonly server: Server) {}

  static async start(): Promise<OtlpRecorder> {
    const server = createServer();
    const recorder = new OtlpRecorder(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        recorder.take((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('utf8'));
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return recorder;
  }

  /** Variables that make a process send its spans here, soon. */
  get env(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_BSP_MAX_QUEUE_SIZE: '65536' };
  }

  of(traceId: string): RecordedSpan[] {
    return this.spans.filter((span) => span.traceId === traceId);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(text: string): void {
    this.text += text;
    const { resourceSpans = [] } = JSON.parse(text) as WireRequest;
    for (const { scopeSpans = [] } of resourceSpans) for (const { spans = [] } of scopeSpans) this.spans.push(...spans.map(read));
  }
}

function read(span: WireSpan): RecordedSpan {
  const { traceId, spanId, parentSpanId, name, attributes = [], links = [] } = span;
  return {
    traceId, spanId, parentSpanId: parentSpanId || null, name,
    kind: kinds[span.kind] ?? 'internal',
    attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)])),
    links: links.map((link) => link.spanId),
    failed: span.status?.code === 2,
  };
}

function valueOf({ stringValue, intValue, doubleValue, boolValue, arrayValue }: WireValue): Value {
  if (arrayValue) return (arrayValue.values ?? []).map(valueOf);
  return stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? null : Number(intValue));
}
