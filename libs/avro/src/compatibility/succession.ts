/**
 * What keeps one version of a schema from following another (FULL: each reads the other's data), told to people: where,
 * what changed, and who cannot read it.
 */
import type { Finding } from '@citystreams/contracts';
import { logicalTypeOf, type ResolvedSchema, type SchemaNode } from '../declaration/index.js';
import { explainIncompatibility } from './check.js';
import type { Difference } from './difference.js';
import { meaningChanges } from './meaning.js';
import { type Standing, standingOf } from './standing.js';

/** Empty when `newer` may follow `older`. Paths lead into the newer schema. */
export function successionFindings(older: ResolvedSchema, newer: ResolvedSchema): Finding[] {
  const changes = new Changes();
  for (const difference of explainIncompatibility(newer, older)) {
    const at = standingOf(newer.root, older.root, difference.location);
    changes.add(at.readerPath, breakOf(difference, at, 'newer'), 'newer');
  }
  for (const difference of explainIncompatibility(older, newer)) {
    const at = standingOf(older.root, newer.root, difference.location);
    changes.add(at.writerPath, breakOf(difference, at, 'older'), 'older');
  }
  for (const { location, was, is } of meaningChanges(older, newer)) {
    const at = standingOf(newer.root, older.root, location);
    const what = `${subjectOf(at)} changed from ${was} to ${is}: readers would not notice`;
    changes.add(at.readerPath, { what, fix: NEW_FIELD });
  }
  return changes.findings();
}

type Version = 'older' | 'newer';

const NEW_FIELD = 'leave it, and add a new field with a default';

interface Break {
  what: string;
  /** Absent where nothing can be advised. */
  fix?: string;
  /** Said if only one of the two cannot read the other's data. */
  unreadable?: boolean;
}

/** A change of a type is found from both sides, and told once. */
class Changes {
  private readonly byText = new Map<string, Finding & { unreadable: boolean; readers: Set<Version> }>();

  add(field: string, { what, fix, unreadable = false }: Break, reader?: Version): void {
    const key = `${field} ${what}`;
    const change = this.byText.get(key) ?? {
      field,
      message: what,
      ...(fix !== undefined && { fix }),
      unreadable,
      readers: new Set<Version>(),
    };
    if (reader !== undefined) change.readers.add(reader);
    this.byText.set(key, change);
  }

  findings(): Finding[] {
    return [...this.byText.values()].map(({ unreadable, readers, ...finding }) => {
      const [only] = unreadable && readers.size === 1 ? readers : [];
      if (only === undefined) return finding;
      const other = only === 'older' ? 'newer' : 'older';
      return { ...finding, message: `${finding.message}: the ${only} version cannot read what the ${other} writes` };
    });
  }
}

function breakOf({ kind, message }: Difference, at: Standing, reader: Version): Break {
  const [was, is] = reader === 'newer' ? [at.writer, at.reader] : [at.reader, at.writer];
  switch (kind) {
    case 'READER_FIELD_MISSING_DEFAULT_VALUE':
      return {
        what: `${subjectOf(at)} ${reader === 'newer' ? 'is new and has no default' : 'was dropped and had no default'}`,
        fix:
          reader === 'newer'
            ? 'give it a "default", so that events written before it can be read'
            : 'bring it back: readers of the version before cannot do without it',
      };
    case 'MISSING_ENUM_SYMBOLS':
      return {
        what: `${subjectOf(at)} ${reader === 'newer' ? 'lost' : 'gained'} the symbols ${message} and the ${reader} version's enum has no default`,
        fix: 'leave the symbols as they are, or use an enum that has had a default from its first version',
      };
    case 'AMBIGUOUS_ALIAS':
    case 'TOO_ENTANGLED':
      return { what: message };
    default:
      return {
        what: `${subjectOf(at)} changed from ${nameOf(was)} to ${nameOf(is)}`,
        unreadable: true,
        fix: NEW_FIELD,
      };
  }
}

const subjectOf = ({ field }: Standing): string => (field === '' ? 'the schema' : `field "${field}"`);

/** Characters of a type's name that a message shows. */
const LONGEST_NAME = 200;

function nameOf(node: SchemaNode | null): string {
  if (node === null) return 'nothing';
  const name = fullNameOf(node);
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}...` : name;
}

function fullNameOf(node: SchemaNode): string {
  if (node.kind === 'union') return node.branches.map(fullNameOf).join(' | ');
  if (node.kind === 'array') return `array of ${fullNameOf(node.items)}`;
  if (node.kind === 'map') return `map of ${fullNameOf(node.values)}`;
  if (node.kind === 'fixed') return `fixed ${node.name.full} of ${node.size} bytes`;
  if ('name' in node) return `${node.kind} ${node.name.full}`;
  const logical = logicalTypeOf(node);
  return logical === null ? node.kind : `${node.kind} (${logical.name})`;
}
