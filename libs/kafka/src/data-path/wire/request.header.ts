import type { Message } from '../messages/message.js';
import type { RequestWriter } from './request.writer.js';

const LENGTH_AT = 0;
const CORRELATION_AT = 8;
const LENGTH_BYTES = 4;

type Header = Pick<Message<never, unknown>, 'key' | 'version' | 'header'>;

/**
 * What stands before the body, with its length (not counted in itself):
 *
 *     int32 length, int16 api key, int16 version, int32 correlation id, string client id[, tags]
 */
export function writeRequestHeader(to: RequestWriter, { key, version, header }: Header, clientId: string): void {
  to.int32(0).int16(key).int16(version).int32(0).string(clientId);
  if (header !== 'plain') to.noTags();
}

/** Fills in what is known once the body is written and the request's turn has come. */
export function completeRequest(request: RequestWriter, correlation: number): readonly Buffer[] {
  request.patchInt32(LENGTH_AT, request.length - LENGTH_BYTES);
  request.patchInt32(CORRELATION_AT, correlation);
  return request.finish();
}
