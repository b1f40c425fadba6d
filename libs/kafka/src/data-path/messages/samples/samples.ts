import { readFileSync } from 'node:fs';
import { AnswerReader } from '../../wire/answer.reader.js';
import { RequestWriter } from '../../wire/request.writer.js';
import type { Message } from '../message.js';

const SAMPLES = JSON.parse(readFileSync(new URL('./kafka.samples.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;

/** Bytes that Kafka's own classes wrote; `MessageSamples.java` says of what. */
export function sample(name: string): Buffer {
  const hex = SAMPLES[name];
  if (hex === undefined) throw new Error(`there is no sample ${name}`);
  return Buffer.from(hex, 'hex');
}

export function bodyOf<Request>(message: Message<Request, unknown>, request: Request): Buffer {
  const to = new RequestWriter();
  message.write(to, request);
  return Buffer.concat(to.finish());
}

/** As if it stood in a larger buffer. `end`: how much of it is there. */
export function readFrom<Answer>(message: Message<never, Answer>, bytes: Buffer, end = bytes.length) {
  const around = Buffer.concat([Buffer.alloc(5, 0xee), bytes, Buffer.alloc(5, 0xee)]);
  const from = new AnswerReader().open(around, 5, 5 + end);
  const answer = message.read(from);
  if (message.header === 'flexible') from.finish();
  return { answer, left: from.end - from.at };
}
