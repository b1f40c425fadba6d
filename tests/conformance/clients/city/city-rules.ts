/** What programs of an agency must find at the city's registry and brokers: their own, and nothing of others. */
import type { Outcome } from '../harness/report.js';

const is = (result: unknown): Outcome => ({ result });
const fails = (status: number, code: number): Outcome => ({ error: { status, code } });

const strangers = {
  'without credentials': fails(401, 40101),
  'with a wrong secret': fails(401, 40101),
  "schema of another's topic": fails(404, 40401),
  // An id that one may not read cannot be told from one that is not there.
  "id of another's schema": fails(404, 40403),
  'id of no schema': fails(404, 40403),
};

/** Of a service that publishes the stream. */
export const publishing = (subject: string, events: number) => ({
  ...strangers,
  subjects: is([subject]),
  'subjects with a token': is([subject]),
  events: is({ delivered: events, left: 0, refusals: [] }),
  // Generated code has no docs and attributes: it finds the contract's id, and registers nothing.
  'id without docs and attributes': is(true),
  'versions afterwards': is([1]),
  'what is no contract': fails(422, 42201),
  'an incompatible contract': fails(409, 40901),
  'another level': fails(422, 42205),
  deletion: fails(422, 42205),
  'a subject of another agency': fails(404, 40401),
  "writing another's topic": is(['TOPIC_AUTHORIZATION_FAILED']),
});

/** Of a service that is entitled to the view; beside the events. */
export const subscribing = (subject: string) => ({
  ...strangers,
  subjects: is([subject]),
  'subjects with a token': is([subject]),
  headers: is(['ce_id', 'ce_source', 'ce_specversion', 'ce_type', 'content-type']),
  "writing the view's subject": fails(403, 40301),
  "reading another's topic": is('TOPIC_AUTHORIZATION_FAILED'),
});

/** Of a registry client alone. */
export const publishingToRegistry = (subject: string) => ({
  'with a wrong secret': fails(401, 40101),
  subjects: is([subject]),
  'id without docs and attributes': is(true),
  level: fails(404, 40408),
  'another level': fails(422, 42205),
  deletion: fails(422, 42205),
});

export const readingFromRegistry = (subject: string, event: unknown) => ({
  'with a wrong secret': fails(401, 40101),
  subjects: is([subject]),
  event: is(event),
  "event with the id of another's schema": fails(404, 40403),
  "writing the view's subject": fails(403, 40301),
});

/** `@kafkajs/confluent-schema-registry` tells the status alone, and sets a level whenever a subject has none of its own. */
export const KAFKAJS_PUBLISHING = {
  'with a wrong secret': { error: { status: 401 } },
  'id without docs and attributes': is(true),
  'and again': is(true),
  'with the level that holds': is(true),
  'with a level that does not hold': is(
    'Confluent_Schema_Registry - Subject bao-an.flight-movement-value holds contracts of a stream, which are FULL_TRANSITIVE',
  ),
};

export const kafkajsReading = (event: unknown) => ({
  'with a wrong secret': { error: { status: 401 } },
  event: is(event),
  "event with the id of another's schema": { error: { status: 404 } },
});
