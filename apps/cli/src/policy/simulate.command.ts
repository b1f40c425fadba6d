import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { POLICY_FILES, type PolicyAnswer, type SimulatePolicy, SimulationResource } from '@citystreams/contracts';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { openGateway } from '../session/gateway.client.js';
import { table } from '../terminal/table.js';

/** What the policy in a folder would have decided otherwise. Changes nothing. @throws CommandFailure */
export async function simulatePolicy(context: CommandContext, folder: string, options: GlobalOptions): Promise<void> {
  const texts = textsIn(resolve(context.cwd, folder));
  const client = await openGateway(context, options);
  const found = await client.post('/api/policy/simulate', texts, SimulationResource);
  context.out(options.json ? JSON.stringify(found) : simulationText(found));
}

/** A file that is not there stays as it is in force. */
function textsIn(folder: string): SimulatePolicy {
  const there = POLICY_FILES.filter((file) => existsSync(join(folder, file)));
  const texts = there.map((file): [string, string] => [file, readFileSync(join(folder, file), 'utf8')]);
  if (texts.length === 0) {
    throw new CommandFailure('usage', `there is no policy in ${folder}`, `expected any of ${POLICY_FILES.join(', ')}`);
  }
  return Object.fromEntries(texts);
}

function simulationText({ before, after, played, failures, differences }: SimulationResource): string {
  const versions = `policy ${before} in force, ${after} as changed`;
  const failed = failures === 0 ? '' : `\n${failures} times a rule of the changed policy failed, and denied`;
  const count = `${differences.length} of ${played} recorded requests would have been answered otherwise`;
  const rows = differences.map((d) => [d.request, d.asking, d.stream, answerText(d.before), answerText(d.after)]);
  const list = rows.length === 0 ? '' : `\n\n${table(rows, ['request', 'asked by', 'stream', before, after])}`;
  return `${versions}\n${count}${failed}${list}`;
}

function answerText({ outcome, code, text, steps, replyWorkingDays }: PolicyAnswer): string {
  if (outcome === 'granted-by-rule') return 'granted at once';
  if (outcome === 'asked') return `asks ${(steps ?? []).join(', ')} (${replyWorkingDays ?? 0} working days each)`;
  return `refused ${code ?? ''}: ${text ?? ''}`;
}
