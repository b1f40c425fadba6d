/** The refusals that more than one way of writing a stream can end with. */
import type { Finding, StreamName } from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';

/** Where in what the caller sent: findings of a contract begin with `$`, the contract itself. */
export const inside = (at: string, findings: readonly Finding[]): Finding[] =>
  findings.map((finding) => ({ ...finding, field: finding.field.replace('$', () => at) }));

export const invalid = (stream: StreamName, problems: readonly Finding[]): ProblemError =>
  new ProblemError('CONTRACT_INVALID', `the contract of ${stream} has ${problems.length} problem(s)`, {
    action: 'correct everything that is listed and send the contract again',
    problems,
  });

export const incompatible = (stream: StreamName, problems: readonly Finding[]): ProblemError =>
  new ProblemError(
    'CONTRACT_INCOMPATIBLE',
    `this contract differs from earlier versions of ${stream} in more than added or dropped fields with a default`,
    {
      action: 'give new and dropped fields a default and leave the others as they are, or publish a new event name',
      problems,
    },
  );

export const retired = (stream: StreamName): ProblemError =>
  new ProblemError('STATE_CONFLICT', `the stream ${stream} is retired: it does not change any more`, {
    action: 'publish under a new event name',
  });
