/** Finds the place of a difference in both versions, so that people are told where it is in the file they have open. */
import { branchName, type SchemaNode } from '../declaration/index.js';

export interface Standing {
  /** Types at the place; the writer's is null where it has none. */
  reader: SchemaNode;
  writer: SchemaNode | null;
  /** Path from `$` in each; the writer's ends where it has nothing that corresponds. */
  readerPath: string;
  writerPath: string;
  /** Names of the fields that lead there, joined by dots; empty for the event itself. */
  field: string;
}

/** `location`: as in a difference that was explained, a JSON pointer into the reader's schema. */
export function standingOf(reader: SchemaNode, writer: SchemaNode, location: string): Standing {
  const walk = new Walk(reader, writer);
  for (const token of location.split('/').slice(1)) walk.step(token);
  return walk.at;
}

class Walk {
  readonly at: Standing;

  constructor(reader: SchemaNode, writer: SchemaNode) {
    this.at = { reader, writer, readerPath: '$', writerPath: '$', field: '' };
  }

  step(token: string): void {
    const { reader } = this.at;
    if (token === 'fields' || token === 'items' || token === 'values') this.intoWritersBranch();
    if (token === 'fields') this.go('.fields', '.fields');
    else if (/^[0-9]+$/.test(token)) this.stepTo(Number(token));
    else if (token === 'items' && reader.kind === 'array') {
      this.go('.items', '.items', reader.items, (of) => (of.kind === 'array' ? of.items : null));
    } else if (token === 'values' && reader.kind === 'map') {
      this.go('.values', '.values', reader.values, (of) => (of.kind === 'map' ? of.values : null));
    } else if (token !== '' && token !== 'type') this.go(`.${token}`, `.${token}`);
  }

  private stepTo(index: number): void {
    const { reader, writer } = this.at;
    if (reader.kind === 'record') return this.stepToField(index);
    // A branch of the writer: what does not fit is its whole union.
    if (reader.kind !== 'union') return;
    const branch = reader.branches[index] ?? reader;
    if (writer?.kind !== 'union') return this.go(`[${index}]`, '', branch);
    const twin = writer.branches.findIndex((other) => branchName(other) === branchName(branch));
    this.go(`[${index}]`, twin < 0 ? '' : `[${twin}]`, branch, () => writer.branches[twin] ?? null);
  }

  private intoWritersBranch(): void {
    const { reader, writer } = this.at;
    if (writer?.kind !== 'union') return;
    const twin = writer.branches.findIndex((other) => branchName(other) === branchName(reader));
    this.go('', `[${twin}]`, reader, () => writer.branches[twin] ?? null);
  }

  private stepToField(index: number): void {
    const { reader, writer } = this.at;
    const field = reader.kind === 'record' ? reader.fields[index] : undefined;
    if (field === undefined) return;
    this.at.field = this.at.field === '' ? field.name : `${this.at.field}.${field.name}`;
    const twin = writer?.kind === 'record' ? writer.fields.findIndex(({ name }) => name === field.name) : -1;
    if (twin < 0 || writer?.kind !== 'record') {
      this.go(`[${index}]`, '', field.type, () => null);
      return;
    }
    this.go(`[${index}].type`, `[${twin}].type`, field.type, () => writer.fields[twin]?.type ?? null);
  }

  /** What the writer does not have ends its path; what it has for the reader's is `inWriter` of where it stands. */
  private go(
    readerStep: string,
    writerStep: string,
    reader: SchemaNode = this.at.reader,
    inWriter: (of: SchemaNode) => SchemaNode | null = (of) => of,
  ): void {
    const { at } = this;
    at.reader = reader;
    at.readerPath += readerStep;
    if (at.writer === null) return;
    at.writerPath += writerStep;
    at.writer = inWriter(at.writer);
  }
}
