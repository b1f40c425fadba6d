/** Random writers, views and events, from the same makers as the property tests of the projector. */
import { type AvroRecord, type AvroType, projectSchema } from '@citystreams/avro';
import {
  openTrial,
  randomEvent,
  randomView,
  randomWriter,
  SECRET,
  SeededTape,
  type Trial,
  WriterModel,
} from '@citystreams/avro/samples';

const EVENTS_OF_A_VIEW = 4;

export interface Case {
  trial: Trial;
  view: AvroRecord;
  bodies: readonly Buffer[];
  /** The question to Java. */
  question: unknown;
}

/** `count` views that fit their writer, each with some events. */
export function corpus(seed: number, count: number): Case[] {
  const cases: Case[] = [];
  for (let number = seed; cases.length < count; number += 1) {
    const made = caseOf(number);
    if (made !== null) cases.push(made);
  }
  return cases;
}

function caseOf(number: number): Case | null {
  const tape = new SeededTape(number);
  const writer = new WriterModel(randomWriter(tape));
  const options = randomView(tape, writer);
  const trial = openTrial(options);
  const view = trial === null ? null : projectSchema(options.writer, options.fields, options.masks);
  if (trial === null || view === null) return null;
  let id = 0;
  const bodies = Array.from({ length: EVENTS_OF_A_VIEW }, (_, i) => {
    return randomEvent(tape, writer, options, { unusual: i % 2 === 1, nextId: () => (id += 1) }).body;
  });
  const { fields, masks, predicate, absent, key, time } = options;
  const isPlain = Object.values(masks).every(({ kind }) => kind === 'keep' || kind === 'drop');
  const known = namesIn(options.writer);
  const question = {
    ...{ writer: options.writer, view, fields, masks, predicate, absent, key, time },
    secret: SECRET.toString('hex'),
    generation: 1,
    events: bodies.map((body) => body.toString('base64')),
    // A record that is shown in two ways has two names in the view, which resolution cannot know.
    resolvable: isPlain && [...namesIn(view)].every((name) => known.has(name)),
  };
  return { trial, view, bodies, question };
}

function namesIn(type: AvroType, into: Set<string> = new Set()): Set<string> {
  if (typeof type === 'string') return into;
  if (Array.isArray(type)) for (const branch of type) namesIn(branch, into);
  else {
    if (type.name !== undefined) into.add(type.name);
    for (const inner of [type.items, type.values, ...(type.fields ?? []).map((field) => field.type)])
      if (inner !== undefined) namesIn(inner, into);
  }
  return into;
}
