/** What approvals rest on, and what of it has changed. */
import type { FieldInfo, FieldPath, StreamMessage } from '@citystreams/contracts';
import type { Basis } from './subscription-request.js';

/** Everything of a stream that an approval can rest on. */
export function basisOf(
  { stream, level, owner, sharing }: Pick<StreamMessage, 'stream' | 'level' | 'owner' | 'sharing'>,
  fields: readonly FieldInfo[],
): Basis {
  const each = fields.map(({ path, type, level: of, category }) => [path, `${type}, ${of}, ${category}`]);
  return { stream, level, owner, sharing, fields: Object.fromEntries(each) };
}

/** The part of it that a request for some fields rests on. */
export const basisFor = (basis: Basis, asked: readonly FieldPath[]): Basis => ({
  ...basis,
  fields: Object.fromEntries(Object.entries(basis.fields).filter(([path]) => asked.includes(path))),
});

/** In words for the requester; empty: nothing that matters to who asks for these fields. */
export function changesSince(then: Basis, now: Basis, asked: readonly FieldPath[]): string[] {
  const facts = (['level', 'owner', 'sharing'] as const).flatMap((name) =>
    then[name] === now[name] ? [] : [`the stream's ${name} was ${then[name]} and is ${now[name]}`],
  );
  const fields = Object.entries(then.fields).flatMap(([path, was]) => {
    const is = now.fields[path];
    if (!asked.includes(path) || is === was) return [];
    return [is === undefined ? `the field "${path}" is gone` : `the field "${path}" was ${was} and is ${is}`];
  });
  return [...facts, ...fields];
}
