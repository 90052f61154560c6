import type { OpenApiDocument } from './merge-openapi.js';

type Requirement = Readonly<Record<string, readonly string[]>>;
type Operation = Readonly<Record<string, unknown>> & { readonly security?: readonly Requirement[] };
type Operations = Readonly<Record<string, Operation>>;

const byApiKey: Requirement = { apiKey: [] };

/** What a call by cookie shows: also the session's token where it may change something. */
export const bySession = (method: string): Record<string, string[]> => (['get', 'head'].includes(method) ? { session: [] } : { session: [], csrfToken: [] });

/** Says of every operation that takes an API key that it takes a session too, and how sessions are shown. */
export function withSessions(document: OpenApiDocument, cookie: string, csrfHeader: string): OpenApiDocument {
  const paths = mapped((document.paths ?? {}) as Readonly<Record<string, Operations>>, (operations) => mapped(operations, takingSessions));
  const components = (document.components ?? {}) as { readonly securitySchemes?: object };
  const securitySchemes = {
    ...components.securitySchemes,
    session: { type: 'apiKey', in: 'cookie', name: cookie, description: 'Set by POST /api/v1/session.' },
    csrfToken: { type: 'apiKey', in: 'header', name: csrfHeader, description: "The session's csrfToken, with every call that changes something." },
  };
  return { ...document, paths, components: { ...components, securitySchemes } };
}

function takingSessions(operation: Operation, method: string): Operation {
  const { security = [byApiKey] } = operation;
  return { ...operation, security: security.some(({ apiKey }) => apiKey) ? [...security, bySession(method)] : security };
}

function mapped<T>(record: Readonly<Record<string, T>>, change: (value: T, name: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
