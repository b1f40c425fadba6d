import type { AvroRecord } from '@citystreams/avro';
import { type Declaration, declarationsOf, type Member } from './event-model.js';

/** The TypeScript of one event: an interface and a zod schema of the same name for the record and each record inside. */
export function eventTypes(record: AvroRecord, name: string = record.name): string {
  return declarationsOf(record, name).map(declarationText).join('\n');
}

function declarationText({ name, schema, doc, members }: Declaration): string {
  const fields = members.map((member) => `${docText(member.doc, '  ')}  ${member.name}: ${member.value.type};`);
  return [
    `${docText(doc, '')}export interface ${name} {`,
    ...fields,
    '}',
    `${schema === name ? 'export ' : ''}const ${schema}: z.ZodType<${name}> = z.object({`,
    ...members.map(schemaText),
    '});\n',
  ].join('\n');
}

/** A record that holds itself is asked for when it is needed, not while it is being made. */
const schemaText = ({ name, value, late }: Member): string =>
  late ? `  get ${name}() {\n    return ${value.schema};\n  },` : `  ${name}: ${value.schema},`;

const docText = (doc: string | undefined, indent: string): string =>
  doc === undefined ? '' : `${indent}/** ${doc.replaceAll('*/', '* /')} */\n`;
