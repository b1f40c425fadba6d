/** When a schema that a client sends is one that a subject has. Pure. */
import type { SchemaIdentity, SchemaMetadata, SubjectVersion } from '../../schemas/schema.model.js';
import { orderedMetadata } from '../../schemas/schema.identity.js';

/** The version number as the original writes it into metadata of versions registered under a number. */
export const VERSION_PROPERTY = 'confluent:version';

/**
 * The newest version that is the same schema; else the newest that means the same, also where one of the two has its
 * references written out.
 *
 * @param versions by version
 * @param byForm also one that only differs in docs and attributes will do
 */
export function findVersion(
  versions: readonly SubjectVersion[],
  schema: SchemaIdentity,
  options: { deleted: boolean; byForm: boolean },
): SubjectVersion | undefined {
  const seen = (version: SubjectVersion): boolean => options.deleted || !version.deleted;
  const { fingerprint, form } = schema;
  return (
    versions.findLast((version) => version.schema.fingerprint === fingerprint && seen(version)) ??
    versions.findLast((version) => seen(version) && meansTheSame(schema, version)) ??
    (options.byForm ? versions.findLast((version) => seen(version) && version.schema.form === form) : undefined)
  );
}

export function meansTheSame(schema: SchemaIdentity, version: SubjectVersion): boolean {
  const known = version.schema;
  if (schema.equivalence !== known.equivalence || !sameMetadata(schema.metadata, version)) return false;
  // A schema with everything written out may stand for one with references.
  return schema.references.length === 0 || sameReferences(schema, known);
}

const sameReferences = (a: SchemaIdentity, b: SchemaIdentity): boolean =>
  a.references.length === b.references.length &&
  a.references.every(({ name, subject, version }, i) => {
    const other = b.references[i];
    return name === other?.name && subject === other.subject && version === other.version;
  });

/** A version number that only one of the two carries does not count, if it is the right one. */
function sameMetadata(asked: SchemaMetadata | null, { schema, version }: SubjectVersion): boolean {
  const known = schema.metadata;
  const [mine, theirs] = [versionIn(asked), versionIn(known)];
  if (mine === null && theirs !== null) return equal(asked ?? {}, withoutVersion(known));
  if (mine !== null && theirs === null) return mine === version && equal(withoutVersion(asked), known ?? {});
  return equal(asked, known);
}

function versionIn(metadata: SchemaMetadata | null): number | null {
  const text = metadata?.properties?.[VERSION_PROPERTY];
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : null;
}

function withoutVersion(metadata: SchemaMetadata | null): SchemaMetadata {
  const { [VERSION_PROPERTY]: _, ...properties } = metadata?.properties ?? {};
  return orderedMetadata({ ...metadata, properties });
}

const equal = (a: SchemaMetadata | null, b: SchemaMetadata | null): boolean =>
  a === b || (a !== null && b !== null && JSON.stringify(orderedMetadata(a)) === JSON.stringify(orderedMetadata(b)));
