/** One OpenAPI 3.0 document out of several. */
import { isDeepStrictEqual } from 'node:util';

type Json = Record<string, unknown>;

export interface OpenApiDocument {
  paths?: Record<string, unknown>;
  components?: { schemas?: Record<string, unknown>; securitySchemes?: Record<string, unknown> };
  [other: string]: unknown;
}

export interface DocumentPart {
  name: string;
  document: OpenApiDocument;
  /** Where this part's path is found in the whole; null leaves it out. */
  publicPath(path: string): string | null;
}

const REFERENCE = '#/components/schemas/';

/**
 * Adds each part's public paths and the schemas to `base`. Two parts may call different schemas the same: the later one
 * is renamed `<part>.<name>`, and what refers to it follows.
 */
export function mergeDocuments(base: OpenApiDocument, parts: readonly DocumentPart[]): OpenApiDocument {
  const paths: Json = { ...base.paths };
  const schemas: Json = { ...base.components?.schemas };
  for (const part of parts) {
    const own = part.document.components?.schemas ?? {};
    const taken = Object.keys(own).filter((name) => name in schemas && !isDeepStrictEqual(schemas[name], own[name]));
    const names = new Map(taken.map((name) => [REFERENCE + name, `${REFERENCE}${part.name}.${name}`]));
    for (const [name, schema] of Object.entries(own)) {
      schemas[taken.includes(name) ? `${part.name}.${name}` : name] = renamed(schema, names);
    }
    for (const [path, item] of Object.entries(part.document.paths ?? {})) {
      const shown = part.publicPath(path);
      if (shown !== null) paths[shown] = renamed(item, names);
    }
  }
  return { ...base, paths, components: { ...base.components, schemas } };
}

function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (names.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  if (typeof value === 'string') return names.get(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner, names)]));
}
