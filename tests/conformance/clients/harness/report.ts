/**
 * What a client's program tells, as lines of JSON on its standard output: first itself, then one line for each step, at
 * last how many there were.
 *
 *     {"client": "Python confluent-kafka 2.16.0", "version": "..."}
 *     {"step": "unknown id", "error": {"status": 404, "code": 40403}}
 *     {"step": "subjects", "result": ["a", "b"]}
 *     {"done": 2}
 */
import { z } from 'zod';
import { type CommandOptions, run } from './command.js';

const Line = z.union([
  z.strictObject({ client: z.string().min(1) }),
  z.strictObject({ step: z.string(), result: z.unknown() }),
  z.strictObject({ step: z.string(), error: z.unknown() }),
  z.strictObject({ done: z.number() }),
]);

/** A result, or what the client's library made of an error. */
export type Outcome = { readonly result: unknown } | { readonly error: unknown };

export interface Report {
  /** With its version. */
  readonly client: string;
  readonly steps: Readonly<Record<string, Outcome>>;
}

/** Prints one line: client, version, steps and time. @throws Error when the program fails or its report is not whole */
export async function reportOf(command: string, args: readonly string[], options: CommandOptions): Promise<Report> {
  const began = performance.now();
  const output = await run(command, args, options);
  const lines = output
    .trimEnd()
    .split('\n')
    .map((line) => Line.parse(JSON.parse(line)));
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || !('client' in first)) throw new Error(`the program did not say who it is:\n${output}`);
  const steps: Record<string, Outcome> = {};
  for (const line of lines.slice(1, -1)) {
    if (!('step' in line)) throw new Error(`no step: ${JSON.stringify(line)}`);
    if (line.step in steps) throw new Error(`the program reported "${line.step}" twice`);
    steps[line.step] = 'error' in line ? { error: line.error } : { result: line.result };
  }
  const count = Object.keys(steps).length;
  if (last === undefined || !('done' in last) || last.done !== count)
    throw new Error(`the report breaks off:\n${output}`);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${first.client}: ${count} steps in ${seconds} s\n`);
  return { client: first.client, steps };
}
