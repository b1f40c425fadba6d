/** Ways to spoil an event: what a broken writer, a broken disk or somebody hostile could have done to it. */
import { once, pick, type Tape } from './tape.js';

type Mutation = (body: Buffer, tape: Tape) => Buffer;

/** Varints at and beyond every bound: lengths and counts of 2^31, 2^53, 2^63 and more, negative ones, endless ones. */
export const HUGE: readonly Buffer[] = [
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0x1f],
  [0xfe, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x10],
  [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
  [0x80, 0x00],
  [0x81, 0x80, 0x00],
  [0x01],
  [0x03],
].map((bytes) => Buffer.from(bytes));

const place = (body: Buffer, tape: Tape): number => tape.below(body.length + 1);
const spliced = (body: Buffer, at: number, removed: number, added: Buffer): Buffer =>
  Buffer.concat([body.subarray(0, at), added, body.subarray(Math.min(body.length, at + removed))]);

const MUTATIONS: readonly Mutation[] = [
  (body, tape) => {
    if (body.length === 0) return body;
    const copy = Buffer.from(body);
    copy[tape.below(body.length)]! ^= 1 << tape.below(8);
    return copy;
  },
  (body, tape) => spliced(body, place(body, tape), 1, Buffer.from([tape.below(256)])),
  (body, tape) => body.subarray(0, place(body, tape)),
  (body, tape) => spliced(body, place(body, tape), 0, Buffer.from([tape.below(256)])),
  (body, tape) => spliced(body, place(body, tape), 1 + tape.below(4), Buffer.alloc(0)),
  (body, tape) => spliced(body, place(body, tape), tape.below(2), pick(tape, HUGE)),
  (body, tape) => {
    const [from, to] = [place(body, tape), place(body, tape)];
    return spliced(body, place(body, tape), 0, body.subarray(Math.min(from, to), Math.max(from, to)));
  },
  (body, tape) => spliced(body, place(body, tape), 0, Buffer.alloc(tape.below(300), pick(tape, [0, 2, 1, 255, 128]))),
];

export function mutated(body: Buffer, tape: Tape): Buffer {
  let now = body;
  for (let left = 1 + (once(tape, 3) ? tape.below(4) : 0); left > 0; left -= 1) now = pick(tape, MUTATIONS)(now, tape);
  return now.subarray(0, 4_000);
}
