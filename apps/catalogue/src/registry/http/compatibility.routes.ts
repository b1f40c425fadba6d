import { Injectable } from '@nestjs/common';
import { Compatibility } from '../reading/compatibility.js';
import { Settings } from '../reading/settings.js';
import { NOT_FOUND, SCHEMA_BODY } from './examples.js';
import { readSchemaRequest } from './registry-payloads.js';
import { type Call, type Route, subjectOf } from './route.js';

const QUERY = { verbose: 'also say why not', normalize: 'compare the schema in its normal form' };
const EXAMPLE = { is_compatible: true };

@Injectable()
export class CompatibilityRoutes {
  constructor(
    private readonly compatibility: Compatibility,
    private readonly settings: Settings,
  ) {}

  readonly routes: readonly Route[] = [
    {
      method: 'POST',
      path: '/compatibility/subjects/:subject/versions/:version',
      description: {
        summary: 'Whether a schema may follow one version',
        query: QUERY,
        body: SCHEMA_BODY,
        example: EXAMPLE,
        errors: NOT_FOUND.compatibility,
      },
      answer: (call) => this.check(call, call.params['version'] ?? ''),
    },
    {
      method: 'POST',
      path: '/compatibility/subjects/:subject/versions',
      description: {
        summary: 'Whether a schema could be registered',
        query: QUERY,
        body: SCHEMA_BODY,
        example: EXAMPLE,
        errors: NOT_FOUND.compatibility,
      },
      answer: (call) => this.check(call, null),
    },
  ];

  private check(call: Call, against: string | null) {
    const { query, sight, body } = call;
    const verbose = query.flag('verbose');
    const options = { against, verbose, normalize: query.flag('normalize') };
    const messages = this.compatibility.check(sight, this.subject(call), readSchemaRequest(body), options);
    return { is_compatible: messages.length === 0, ...(verbose && { messages }) };
  }

  /** The original looks for the word in the whole address, so an alias is known here as well. */
  private subject(call: Call): string {
    return this.settings.aliased(subjectOf(call));
  }
}
