type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
type JsonObject = { [name: string]: Json };

/** An OpenAPI document, as far as merging looks into it. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: object;
  readonly paths?: object;
  readonly components?: object;
  readonly tags?: readonly object[];
  readonly [more: string]: unknown;
}

export interface OpenApiPart {
  /** e.g. `health-scoring`: names what would collide. */
  readonly service: string;
  readonly document: OpenApiDocument;
}

/**
 * One document out of the services' own: paths, tags and components side by side. Components of one name
 * and different content are kept apart by the service's name (`HealthScoringTask`). Paths below `/internal`
 * stay out. Two services with the same path and method are a mistake, and told as an Error.
 */
export function mergeOpenApi(head: Pick<OpenApiDocument, 'openapi' | 'info'> & JsonLike, parts: readonly OpenApiPart[]): OpenApiDocument {
  const paths: Record<string, JsonObject> = {};
  const components: Record<string, JsonObject> = {};
  const tags = new Map<string, JsonObject>();
  for (const { service, document } of parts) {
    const renamed = addComponents(components, service, (document.components ?? {}) as JsonObject);
    for (const [path, item] of Object.entries((document.paths ?? {}) as JsonObject)) {
      if (path.startsWith('/internal')) continue;
      const merged = (paths[path] ??= {});
      for (const [method, operation] of Object.entries(withRefs(item, renamed) as JsonObject)) {
        if (method in merged) throw new Error(`${method.toUpperCase()} ${path} is answered by two services`);
        merged[method] = operation;
      }
    }
    for (const tag of (document.tags ?? []) as JsonObject[]) tags.set(JSON.stringify(tag['name']), tag);
  }
  return { ...head, paths: sorted(paths), components: Object.fromEntries(Object.entries(components).map(([kind, own]) => [kind, sorted(own)])), tags: [...tags.values()] };
}

type JsonLike = Readonly<Record<string, unknown>>;

/** Adds a service's components; returns which references have to change. */
function addComponents(all: Record<string, JsonObject>, service: string, components: JsonObject): Map<string, string> {
  const renamed = new Map<string, string>();
  for (const [kind, own] of Object.entries(components)) {
    for (const [name, content] of Object.entries(own as JsonObject)) {
      const known = all[kind]?.[name];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(content)) renamed.set(`#/components/${kind}/${name}`, `#/components/${kind}/${pascal(service)}${name}`);
    }
  }
  for (const [kind, own] of Object.entries(components)) {
    const target = (all[kind] ??= {});
    for (const [name, content] of Object.entries(own as JsonObject)) {
      const other = renamed.get(`#/components/${kind}/${name}`);
      target[other?.slice(other.lastIndexOf('/') + 1) ?? name] = withRefs(content, renamed);
    }
  }
  return renamed;
}

function withRefs(value: Json, renamed: ReadonlyMap<string, string>): Json {
  if (renamed.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withRefs(item, renamed));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, typeof item === 'string' && (name === '$ref' || item.startsWith('#/components/')) ? (renamed.get(item) ?? item) : withRefs(item, renamed)]));
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function pascal(service: string): string {
  return service.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
}
