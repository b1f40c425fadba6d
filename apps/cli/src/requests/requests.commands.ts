import type { Command } from 'commander';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { listRequests, type ListOptions, showRequest } from './read.commands.js';
import { type DeltaOptions, deltaOf, moveRequest, newRequest, type NewOptions } from './write.commands.js';

interface Words extends GlobalOptions, DeltaOptions {
  readonly text?: string;
  readonly reason?: string;
  readonly ground?: string;
}

/** `citystreams request ...` */
export function addRequestCommands(program: Command, context: CommandContext): void {
  const request = program.command('request').description('ask for fields of a stream, and decide what others ask');
  addReading(request, context);
  addAsking(request, context);
  addDeciding(request, context);
}

const collect = (one: string, before: readonly string[] = []): string[] => [...before, one];

function addReading(request: Command, context: CommandContext): void {
  request
    .command('ls')
    .description('requests that this account may see, newest first')
    .option('--state <state>', 'in this state, for example PENDING_OWNER')
    .option('--stream <stream>', 'for this stream')
    .action((_own: unknown, command: Command) => listRequests(context, command.optsWithGlobals<ListOptions>()));
  request
    .command('show')
    .description('one request: what is asked, who has to do what until when, its checks and history')
    .argument('<id>')
    .action((id: string, _own: unknown, command: Command) =>
      showRequest(context, id, command.optsWithGlobals<GlobalOptions>()),
    );
}

function addAsking(request: Command, context: CommandContext): void {
  request
    .command('new')
    .description('draft a request')
    .argument('<stream>')
    .option('--fields <fields>', 'with commas between them')
    .option('--mask <field=mask>', 'how a field is shown; may be repeated', collect)
    .option('--where <condition>', 'which events, for example \'delay > 15 && origin == "SZX"\'')
    .option('--purpose <code>', 'a code of the policy')
    .option('--basis <text>', 'the legal basis')
    .option('--necessity <text>', 'why these fields are needed')
    .option('--months <n>', 'for how long')
    .option('--from <date>', 'from when retained history is asked (default: now on)')
    .option('--principal <account>', 'a service account that reads; may be repeated', collect)
    .option('--renews <entitlement>', 'goes on with an entitlement, for longer')
    .option('--amends <entitlement>', 'goes on with an entitlement, with another view')
    .option('--file <json>', 'the whole body, instead of options')
    .option('--submit', 'and submit it')
    .action((stream: string, _own: unknown, command: Command) =>
      newRequest(context, stream, command.optsWithGlobals<NewOptions>()),
    );
  plain(request, context, 'submit', 'the clock starts; who decides is fixed now');
  plain(request, context, 'withdraw', 'take it back');
  withText(request, context, 'answer', 'answer a question of the deciding side', true);
  withText(request, context, 'accept', 'accept a counter-offer', false);
  withText(request, context, 'decline', 'decline a counter-offer: the request ends', false);
  withText(request, context, 'dispute', 'dispute a counter-offer or a refusal: the CDO rules', true);
}

function addDeciding(request: Command, context: CommandContext): void {
  withText(request, context, 'approve', 'approve the step that is due', false);
  withText(request, context, 'ask', 'ask the requester something; the clock is paused', true);
  request
    .command('refuse')
    .description('refuse, with a reason code of the policy, the legal ground and words')
    .argument('<id>')
    .requiredOption('--reason <code>', 'a reason code of the policy')
    .requiredOption('--ground <text>', 'the legal ground')
    .requiredOption('--text <text>')
    .action((id: string, _own: unknown, command: Command) => {
      const { reason, ground, text, ...options } = command.optsWithGlobals<Words>();
      return moveRequest(context, id, 'refuse', { reasonCode: reason, legalGround: ground, text }, options);
    });
  narrowing(request.command('counter-offer').description('offer less than what is asked').argument('<id>'))
    .requiredOption('--text <text>')
    .action((id: string, _own: unknown, command: Command) => {
      const options = command.optsWithGlobals<Words>();
      return moveRequest(context, id, 'counter-offer', { delta: deltaOf(options), text: options.text }, options);
    });
  narrowing(
    request
      .command('rule')
      .description('the CDO rules on a dispute')
      .argument('<id>')
      .argument('<outcome>', OUTCOMES.join(', ')),
  )
    .option('--reason <code>', 'for confirm-refusal: a reason code of the policy')
    .requiredOption('--ground <text>', 'the legal ground')
    .requiredOption('--text <text>')
    .action((id: string, outcome: string, _own: unknown, command: Command) => {
      const options = command.optsWithGlobals<Words>();
      return moveRequest(context, id, 'rule', ruling(outcome, options), options);
    });
}

const OUTCOMES = ['grant', 'grant-narrower', 'confirm-refusal'];

function ruling(outcome: string, options: Words): object {
  if (!OUTCOMES.includes(outcome))
    throw new CommandFailure('usage', `${outcome} is no outcome; expected ${OUTCOMES.join(', ')}`);
  const words = { outcome, legalGround: options.ground, text: options.text };
  if (outcome === 'grant-narrower') return { ...words, delta: deltaOf(options) };
  return outcome === 'confirm-refusal' ? { ...words, reasonCode: options.reason } : words;
}

const narrowing = (command: Command): Command =>
  command
    .option('--remove <fields>', 'fields that are not shown, with commas between them')
    .option('--mask <field=mask>', 'a coarser mask; may be repeated', collect)
    .option('--where <condition>', 'one more condition')
    .option('--months <n>', 'a shorter term')
    .option('--from <date>', 'a later start');

function plain(request: Command, context: CommandContext, move: string, description: string): void {
  request
    .command(move)
    .description(description)
    .argument('<id>')
    .action((id: string, _own: unknown, command: Command) =>
      moveRequest(context, id, move, {}, command.optsWithGlobals<GlobalOptions>()),
    );
}

function withText(request: Command, context: CommandContext, move: string, description: string, must: boolean): void {
  const command = request.command(move).description(description).argument('<id>');
  if (must) command.requiredOption('--text <text>');
  else command.option('--text <text>', 'words of your own');
  command.action((id: string, _own: unknown, given: Command) => {
    const { text, ...options } = given.optsWithGlobals<Words>();
    return moveRequest(context, id, move, text === undefined ? {} : { text }, options);
  });
}
