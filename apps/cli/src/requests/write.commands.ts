import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RequestResource } from '@citystreams/contracts';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { openGateway } from '../session/gateway.client.js';
import { requestText } from './request.text.js';

export interface NewOptions extends GlobalOptions {
  readonly file?: string;
  readonly fields?: string;
  readonly mask?: readonly string[];
  readonly where?: string;
  readonly purpose?: string;
  readonly basis?: string;
  readonly necessity?: string;
  readonly months?: string;
  readonly from?: string;
  readonly principal?: readonly string[];
  readonly renews?: string;
  readonly amends?: string;
  readonly submit?: boolean;
}

/** A draft from options, or from a file with the body of `POST /api/requests`. @throws CommandFailure */
export async function newRequest(context: CommandContext, stream: string, options: NewOptions): Promise<void> {
  const body = options.file === undefined ? bodyOf(stream, options) : { ...readBody(context, options.file), stream };
  const client = await openGateway(context, options);
  const draft = await client.post('/api/requests', body, RequestResource);
  const request = options.submit ? await client.post(`/api/requests/${draft.id}/submit`, {}, RequestResource) : draft;
  context.out(options.json ? JSON.stringify(request) : requestText(request));
}

function bodyOf(stream: string, options: NewOptions): object {
  const { where, from, renews, amends } = options;
  const continued = renews ?? amends;
  return {
    stream,
    fields: listOf(options.fields),
    ...(options.mask !== undefined && { masks: masksOf(options.mask) }),
    ...(where !== undefined && { predicate: where }),
    purpose: options.purpose,
    legalBasis: options.basis,
    necessity: options.necessity,
    duration: { months: Number(options.months) },
    ...(from !== undefined && { start: from }),
    principals: options.principal,
    ...(continued !== undefined && {
      continues: { entitlement: continued, as: renews === undefined ? 'amendment' : 'renewal' },
    }),
  };
}

function readBody(context: CommandContext, file: string): object {
  try {
    return JSON.parse(readFileSync(resolve(context.cwd, file), 'utf8')) as object;
  } catch (cause) {
    throw new CommandFailure('usage', `${file} cannot be read as JSON: ${(cause as Error).message}`);
  }
}

/** What is offered instead. */
export interface DeltaOptions {
  readonly remove?: string;
  readonly mask?: readonly string[];
  readonly where?: string;
  readonly months?: string;
  readonly from?: string;
}

export const deltaOf = ({ remove, mask, where, months, from }: DeltaOptions): object => ({
  ...(remove !== undefined && { remove: listOf(remove) }),
  ...(mask !== undefined && { masks: masksOf(mask) }),
  ...(where !== undefined && { predicate: where }),
  ...(months !== undefined && { months: Number(months) }),
  ...(from !== undefined && { start: from }),
});

/** Moves a request and shows what it is then. @throws CommandFailure with every problem */
export async function moveRequest(
  context: CommandContext,
  id: string,
  move: string,
  body: object,
  options: GlobalOptions,
): Promise<void> {
  const client = await openGateway(context, options);
  const request = await client.post(`/api/requests/${encodeURIComponent(id)}/${move}`, body, RequestResource);
  context.out(options.json ? JSON.stringify(request) : requestText(request));
}

const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** `field=mask`, as it is written: `place=grid(500 m, latitude)`. */
const masksOf = (given: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new CommandFailure('usage', `--mask ${text}: expected <field>=<mask>`);
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
