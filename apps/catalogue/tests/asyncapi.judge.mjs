// Reads an AsyncAPI document from standard input and says what AsyncAPI's own parser makes of it, as one JSON line. A
// process of its own: the parser brings a whole linter along, which a test runner would load piece by piece.
import { text } from 'node:stream/consumers';
import { AvroSchemaParser } from '@asyncapi/avro-schema-parser';
import { DiagnosticSeverity, Parser } from '@asyncapi/parser';

const parser = new Parser();
parser.registerSchemaParser(AvroSchemaParser());
const { document, diagnostics } = await parser.parse(await text(process.stdin));
const [publish] = document?.operations().filterBySend() ?? [];
const judgement = {
  // Newer versions than 3.0 are recommended, not required.
  errors: diagnostics.filter(({ severity }) => DiagnosticSeverity[severity] === 'Error').map(({ message }) => message),
  addresses:
    document
      ?.channels()
      .all()
      .map((channel) => channel.address()) ?? [],
  fields: Object.keys(publish?.messages().all()[0]?.payload()?.properties() ?? {}),
};
process.stdout.write(JSON.stringify(judgement));
