/**
 * Findings in the words of the original registry, which its clients print and some of them search (Confluent Schema
 * Registry: avro.Difference, SchemaValidatorBuilder.formatErrorMessages).
 */
import { registryText } from '../fingerprint/index.js';
import type { Difference, IncompatibilityKind } from './difference.js';
import type { ExistingVersion, LevelFinding } from './levels.js';

/** Characters of the old schema that a message shows. */
const LONGEST_SCHEMA = 10 * 1024;

/**
 * Messages for the newest version that has findings, as `checkLevel` gives them. The old version and its schema follow
 * only where the candidate is the reader or the level asks for one direction: FULL tells them after the second. The last says
 * what was asked.
 */
export function registryMessages(
  findings: readonly LevelFinding[],
  existing: readonly ExistingVersion[],
  level: string,
): string[] {
  const old = existing.find(({ version }) => version === findings[0]?.version);
  if (old === undefined) return [];
  const here = findings.filter(({ version }) => version === old.version);
  const messages = here.map(({ reader, difference }) => messageOf(difference, reader));
  const tellsOld = !level.startsWith('FULL') || here.some(({ reader }) => reader === 'new');
  if (tellsOld) messages.push(`{oldSchemaVersion: ${old.version}}`, oldSchemaMessage(registryText(old.schema)));
  return [...messages, `{validateFields: 'false', compatibility: '${level}'}`];
}

function oldSchemaMessage(text: string): string {
  if (text.length <= LONGEST_SCHEMA) return `{oldSchema: '${text}'}`;
  return `{oldSchema: <truncated> '${text.slice(0, LONGEST_SCHEMA)}...'}`;
}

function messageOf(difference: Difference, reader: 'new' | 'old'): string {
  const { kind, message } = difference;
  if (kind === 'AMBIGUOUS_ALIAS' || kind === 'TOO_ENTANGLED') {
    return `Unexpected exception during compatibility check: ${message}`;
  }
  const described = DESCRIPTIONS[kind](difference, reader, reader === 'new' ? 'old' : 'new');
  return `{errorType:'${kind}', description:'${described}', additionalInfo:'${message}'}`;
}

const DESCRIPTIONS: Record<IncompatibilityKind, (difference: Difference, reader: string, writer: string) => string> = {
  FIXED_SIZE_MISMATCH: ({ location }, reader, writer) =>
    `The size of FIXED type field at path '${location}' in the ${reader} schema does not match with the ${writer} schema`,
  TYPE_MISMATCH: ({ location }, reader, writer) =>
    `The type (path '${location}') of a field in the ${reader} schema does not match with the ${writer} schema`,
  NAME_MISMATCH: ({ location }) => `The name of the schema has changed (path '${location}')`,
  MISSING_ENUM_SYMBOLS: ({ location, message }, reader, writer) =>
    `The ${reader} schema is missing enum symbols '${message}' at path '${location}' in the ${writer} schema`,
  MISSING_UNION_BRANCH: ({ location }, reader, writer) =>
    `The ${reader} schema is missing a type inside a union field at path '${location}' in the ${writer} schema`,
  READER_FIELD_MISSING_DEFAULT_VALUE: ({ location, message }, reader, writer) =>
    `The field '${message}' at path '${location}' in the ${reader} schema has no default value and is missing in the ${writer} schema`,
};
