/**
 * A schema's text, read and resolved once; everything else in this library that needs its meaning takes the result.
 * What is accepted is what the Java library accepts (Avro 1.12, Schema.Parser), within limits that no real schema meets.
 */
import type { Finding } from '@citystreams/contracts';
import { readJson } from './json.js';
import { KnownTypes } from './known-types.js';
import { link } from './link.js';
import { requireReasonable } from './measure.js';
import type { NameRule } from './names.js';
import { parseNode } from './parse-node.js';
import { Refused, ROOT_PLACE } from './refusal.js';
import { branchName, type SchemaNode } from './schema-node.js';

export interface ReadOptions {
  /** Default `unicode`, as the Java library's parser; the registry asks `ascii` of new schemas and reads `stored` ones. */
  names?: NameRule;
  /** Whether defaults must be values of their types; default true. The registry does not ask it of stored schemas. */
  validateDefaults?: boolean;
  /** Texts of schemas whose named types this one may use, each after those it uses itself. */
  references?: readonly string[];
}

/** Opaque outside this library; immutable, and safe to keep. */
export interface ResolvedSchema {
  readonly root: SchemaNode;
  /** Full names of the referenced schemas: types that are not part of this schema's own text. */
  readonly referenced: readonly string[];
  /** Their texts, as they were given. */
  readonly references: readonly string[];
}

export type SchemaResult = { ok: true; schema: ResolvedSchema } | { ok: false; findings: Finding[] };

/** Characters, references included: twice what the original registry can store by default. */
const LONGEST_TEXT = 2_000_000;

/** Never throws on any text; the one finding names the place by its path from `$`. */
export function readSchema(text: string, options: ReadOptions = {}): SchemaResult {
  try {
    const known = new KnownTypes(options.names ?? 'unicode');
    const validateDefaults = options.validateDefaults ?? true;
    const references = options.references ?? [];
    const length = references.reduce((sum, reference) => sum + reference.length, text.length);
    if (length > LONGEST_TEXT) {
      throw new Refused(`the schema and those it references are longer than ${LONGEST_TEXT} characters`);
    }
    const referenced = references.map((reference) => branchName(readInto(known, reference, validateDefaults)));
    return { ok: true, schema: { root: readInto(known, text, validateDefaults), referenced, references } };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { ok: false, findings: [{ field: error.path, message: error.message }] };
  }
}

function readInto(known: KnownTypes, text: string, validateDefaults: boolean): SchemaNode {
  const scope = { known, namespace: null, validateDefaults, parse: parseNode };
  const root = parseNode(readJson(text), scope, ROOT_PLACE);
  link(root, known, validateDefaults);
  requireReasonable(root);
  return root;
}
