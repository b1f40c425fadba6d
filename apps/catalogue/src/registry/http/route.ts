import type { Caller } from '@citystreams/nest';
import { ALL_SUBJECTS } from '../../schemas/registry-settings.js';
import type { Sight } from '../rules/registry-rules.js';
import { canonicalName } from '../subject-name.js';
import type { Query } from './query.js';

/** One request, as a route sees it. */
export interface Call {
  caller: Caller;
  sight: Sight;
  params: Readonly<Record<string, string>>;
  query: Query;
  body: unknown;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** How a route is described to people and tools. */
export interface RouteDescription {
  summary: string;
  /** Names of query parameters, with what they do. */
  query?: Readonly<Record<string, string>>;
  body?: { example: unknown; description: string };
  /** Of a good answer. */
  example: unknown;
  /** Error codes with when they come; 401 and 500 are everywhere. */
  errors?: Readonly<Record<number, string>>;
}

export interface Route {
  method: Method;
  /** Parameters as `:name`. */
  path: string;
  description: RouteDescription;
  /** Text is sent as it is, anything else as JSON. */
  answer(call: Call): unknown;
}

/** Nothing to say: 204. */
export const NO_CONTENT = Symbol('no content');

/** The subject in the address, under the context in the address if there is one. */
export function subjectOf({ params: { subject = '', context = '' } }: Call): string {
  return inContext(context, subject);
}

/** What settings are asked for: a subject, or all of them. */
export function scopeOf(call: Call): string {
  const subject = subjectOf(call);
  return subject === '' ? ALL_SUBJECTS : subject;
}

export function inContext(context: string, subject: string): string {
  if (context === '' || subject.startsWith(':.')) return canonicalName(subject);
  const name = context.replace(/^:/, '').replace(/:$/, '');
  return canonicalName(`:${name.startsWith('.') ? name : `.${name}`}:${subject}`);
}
