/**
 * The fields of a contract at any depth, and what is wrong with them.
 *
 * A field inside a record lies below the field that holds the record, also through a union, an array or a map; a
 * record that is used twice is listed below each of its uses. A record that holds itself has no end: there the field
 * that repeats it is listed as a whole, and must be as sensitive as what it can hold.
 */
import { Classification, Concept, type FieldInfo, type Finding, highest } from '@citystreams/contracts';
import { type AvroField, type AvroObject, type AvroRecord, type AvroType, isRecord, nameOfType } from './schema.js';

const DEEPEST = 32;
const MOST_FIELDS = 5000;
const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

export interface CollectedFields {
  fields: FieldInfo[];
  /** JSON path of the declaration of each field, by the field's path. */
  places: ReadonlyMap<string, string>;
}

/** @param findings takes what is wrong, in the order of the contract */
export function collectFields(record: AvroRecord, findings: Finding[]): CollectedFields {
  return new Fields(findings).of(record);
}

interface Place {
  /** JSON path of the type. */
  at: string;
  /** Of the fields below; empty for the event itself. */
  prefix: string;
  namespace: string;
  /** The records around it: full name, and what their fields' paths begin with. */
  around: readonly { name: string; prefix: string }[];
}

interface Definition {
  type: AvroObject;
  at: string;
  namespace: string;
}

class Fields {
  private readonly definitions = new Map<string, Definition>();
  private readonly fields = new Map<string, FieldInfo>();
  private readonly places = new Map<string, string>();
  /** JSON paths that were checked: a type used twice is complained about once. */
  private readonly checked = new Set<string>();
  private readonly repeats: { path: string; at: string; name: string; prefix: string }[] = [];
  private visited = 0;

  constructor(private readonly findings: Finding[]) {}

  of(record: AvroRecord): CollectedFields {
    this.type(record, { at: '$', prefix: '', namespace: '', around: [] });
    for (const repeat of this.repeats) this.checkRepeat(repeat);
    return { fields: [...this.fields.values()], places: this.places };
  }

  private type(type: AvroType, place: Place): void {
    if (typeof type === 'string') return this.reference(type, place);
    if (Array.isArray(type))
      return type.forEach((branch, i) => this.type(branch, { ...place, at: `${place.at}[${i}]` }));
    if (typeof type.type !== 'string') return this.type(type.type, { ...place, at: `${place.at}.type` });
    if (type.aliases !== undefined && !this.checked.has(`${place.at}.aliases`))
      this.refuseAlias(place.at, nameOfType(type));
    switch (type.type) {
      case 'array':
        return this.type(type.items ?? 'null', { ...place, at: `${place.at}.items` });
      case 'map':
        return this.type(type.values ?? 'null', { ...place, at: `${place.at}.values` });
      case 'record':
      case 'enum':
      case 'fixed': {
        const name = fullName(type.name ?? '', type.namespace, place.namespace);
        this.definitions.set(name, { type, at: place.at, namespace: place.namespace });
        if (isRecord(type)) this.record(type, name, place);
        return;
      }
      default:
        return;
    }
  }

  /** A record met again is listed below its new place. */
  private reference(reference: string, place: Place): void {
    if (PRIMITIVES.has(reference)) return;
    const name = fullName(reference, undefined, place.namespace);
    const found = this.definitions.get(name) ?? this.definitions.get(reference);
    if (found === undefined || !isRecord(found.type)) return;
    const outer = place.around.find((record) => record.name === name);
    if (outer !== undefined) {
      this.repeats.push({ path: place.prefix.slice(0, -1), at: place.at, ...outer });
      return;
    }
    this.record(found.type, name, { ...place, at: found.at, namespace: found.namespace });
  }

  private record(record: AvroRecord, name: string, place: Place): void {
    if (place.around.length >= DEEPEST) {
      this.find(`${place.at}.fields`, `the contract is nested deeper than ${DEEPEST} records`, 'flatten the event');
      return;
    }
    const namespace = name.slice(0, Math.max(0, name.lastIndexOf('.')));
    const around = [...place.around, { name, prefix: place.prefix }];
    for (const [i, field] of record.fields.entries()) {
      if (this.isFull()) return;
      const at = `${place.at}.fields[${i}]`;
      const path = place.prefix + field.name;
      this.field(field, path, at);
      this.type(field.type, { at: `${at}.type`, prefix: `${path}.`, namespace, around });
    }
  }

  private field(field: AvroField, path: string, at: string): void {
    const classified = Classification.safeParse(field.classification);
    const concept = Concept.safeParse(field.concept);
    if (!this.checked.has(at)) {
      this.checked.add(at);
      this.checkField(field, path, at, classified.success, field.concept === undefined || concept.success);
    }
    if (!classified.success) return;
    const info: FieldInfo = { path, type: nameOfType(field.type), doc: field.doc ?? '', ...classified.data };
    if (concept.success) info.concept = concept.data;
    const same = this.fields.get(path);
    // Two records of one union may have a field of the same name: as sensitive as the more sensitive one.
    if (same !== undefined) same.level = highest([same.level, info.level]);
    else {
      this.fields.set(path, info);
      this.places.set(path, at);
    }
  }

  private checkField(field: AvroField, path: string, at: string, classified: boolean, conceptOk: boolean): void {
    const named = `field "${path}"`;
    if (field.aliases !== undefined) this.refuseAlias(at, named);
    if (typeof field.doc !== 'string' || field.doc.trim() === '')
      this.find(`${at}.doc`, `${named} has no doc`, 'add "doc": what its value means, with its unit');
    if (!classified) {
      const missing = field.classification === undefined;
      this.find(
        `${at}.classification`,
        `${named} is not classified${missing ? '' : ' as the city classifies fields'}`,
        'add "classification": {"level": "L1".."L5", "category": "identifier"|"contact"|"location"|"health"|"finance"|"time"|"measurement"|"description"}',
      );
    }
    if (!conceptOk)
      this.find(
        `${at}.concept`,
        `${named} has a concept that is no word`,
        'a concept is words joined by hyphens, for example person-number',
      );
  }

  private checkRepeat({ path, at, name, prefix }: { path: string; at: string; name: string; prefix: string }): void {
    const own = this.fields.get(path);
    const inside = [...this.fields.values()].filter((field) => field.path.startsWith(prefix));
    const held = highest(inside.map((field) => field.level));
    if (own === undefined || own.level >= held) return;
    this.find(at, `field "${path}" can hold all of ${name} again, up to ${held}`, `classify "${path}" as ${held}`);
  }

  /** Also where many unions lead to the same paths again and again. */
  private isFull(): boolean {
    this.visited += 1;
    if (this.visited === MOST_FIELDS + 1)
      this.find('$', `the contract has more than ${MOST_FIELDS} fields`, 'split the event');
    return this.visited > MOST_FIELDS;
  }

  private refuseAlias(at: string, what: string): void {
    this.checked.add(`${at}.aliases`);
    this.find(
      `${at}.aliases`,
      `${what} has an alias: a rename is a new field`,
      'remove the aliases and add a new field with a default',
    );
  }

  private find(field: string, message: string, fix: string): void {
    this.findings.push({ field, message, fix });
  }
}

function fullName(name: string, own: string | undefined, inherited: string): string {
  if (name.includes('.')) return name;
  const namespace = own ?? inherited;
  return namespace === '' ? name : `${namespace}.${name}`;
}
