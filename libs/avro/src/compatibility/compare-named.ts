/** The rules for two records, two enums or two fixed (Java: SchemaCompatibility.checkSchemaNames and those after it). */
import type { EnumNode, FieldNode, FixedNode, NamedNode, RecordNode } from '../declaration/index.js';
import { registryText } from '../fingerprint/index.js';
import { type Comparison, NoAnswer } from './comparison.js';
import { at, type Location } from './difference.js';
import { COMPATIBLE, different, merged, type Outcome } from './outcome.js';

export function compareRecords(reader: RecordNode, writer: RecordNode, location: Location, whole: Comparison): Outcome {
  const outcomes = [compareNames(reader, writer, location)];
  const fields = at(location, 'fields');
  for (const [i, field] of reader.fields.entries()) outcomes.push(compareField(field, writer, at(fields, i), whole));
  return merged(outcomes);
}

/** A field that the writer does not have needs a default; a default of its enum will not do (the Java library calls that a type mismatch). */
function compareField(reader: FieldNode, writer: RecordNode, location: Location, whole: Comparison): Outcome {
  const written = writerField(reader, writer, location, whole);
  if (written !== undefined) return whole.compare(reader.type, written.type, at(location, 'type'));
  if (reader.default !== undefined) return COMPATIBLE;
  if (reader.type.kind === 'enum' && reader.type.default !== null) {
    return whole.compare(reader.type, writer, at(location, 'type'));
  }
  return different('READER_FIELD_MISSING_DEFAULT_VALUE', location, () => reader.name);
}

/** The writer's field of the same name, or of a name that is an alias of the reader's field. */
function writerField(
  reader: FieldNode,
  writer: RecordNode,
  location: Location,
  whole: Comparison,
): FieldNode | undefined {
  whole.spend(1 + reader.aliases.length, location);
  const found = [reader.name, ...reader.aliases].flatMap((name) => writer.fieldsByName.get(name) ?? []);
  if (found.length > 1) {
    const field = `${reader.name} type:${reader.type.kind.toUpperCase()} pos:${location.token}`;
    const record = registryText({ root: writer, referenced: [], references: [] });
    throw new NoAnswer(
      'AMBIGUOUS_ALIAS',
      location,
      `Reader record field ${field} matches multiple fields in writer record schema ${record}`,
    );
  }
  return found[0];
}

export function compareEnums(reader: EnumNode, writer: EnumNode, location: Location, whole: Comparison): Outcome {
  whole.spend(reader.symbols.length + writer.symbols.length, location);
  return merged([compareNames(reader, writer, location), compareSymbols(reader, writer, at(location, 'symbols'))]);
}

function compareSymbols(reader: EnumNode, writer: EnumNode, location: Location): Outcome {
  if (reader.default !== null) return COMPATIBLE;
  const known = new Set(reader.symbols);
  const missing = writer.symbols.filter((symbol) => !known.has(symbol));
  return missing.length === 0
    ? COMPATIBLE
    : different('MISSING_ENUM_SYMBOLS', location, () => `[${missing.sort().join(', ')}]`);
}

export function compareFixed(reader: FixedNode, writer: FixedNode, location: Location): Outcome {
  const names = compareNames(reader, writer, location);
  if (reader.size === writer.size) return names;
  const sizes = different(
    'FIXED_SIZE_MISMATCH',
    at(location, 'size'),
    () => `expected: ${writer.size}, found: ${reader.size}`,
  );
  return merged([names, sizes]);
}

/** The last part of the name is the same, or the writer's full name is an alias of the reader. */
function compareNames(reader: NamedNode, writer: NamedNode, location: Location): Outcome {
  if (reader.name.simple === writer.name.simple) return COMPATIBLE;
  // To the Java library the alias of a namespaced type in the null namespace starts with a dot, so it equals no name.
  const isAlias = reader.aliases.some(
    (alias) => alias.full === writer.name.full && (alias.namespace !== null || reader.name.namespace === null),
  );
  return isAlias ? COMPATIBLE : different('NAME_MISMATCH', at(location, 'name'), () => `expected: ${writer.name.full}`);
}
