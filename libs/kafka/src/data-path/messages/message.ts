import type { AnswerReader } from '../wire/answer.reader.js';
import type { RequestWriter } from '../wire/request.writer.js';

/** One version of one of Kafka's requests with its answer. Bodies only: headers are the connection's. */
export interface Message<Request, Answer> {
  readonly name: string;
  readonly key: number;
  readonly version: number;
  /** Header versions: `flexible` has tags in both; ApiVersions' answer never has. */
  readonly header: 'flexible' | 'plain' | 'plain-answer';
  write(to: RequestWriter, request: Request): void;
  /** Reads the whole body, which is gone after it returns. Throws `malformedAnswer`. */
  read(from: AnswerReader): Answer;
}
