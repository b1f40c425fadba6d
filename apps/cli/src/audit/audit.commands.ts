import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { type ExportOptions, exportEvidence } from './export.command.js';
import { verifyEvidence, type VerifyOptions } from './verify.command.js';

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `citystreams audit ...` */
export function addAuditCommands(program: Command, context: CommandContext): void {
  const audit = program.command('audit').description('export the evidence of who decided what, and check it');

  audit
    .command('export')
    .description('write the whole evidence chain into a file')
    .argument('<file>', 'for example audit.ndjson')
    .option('--heads <file>', 'write the published heads beside it')
    .addHelpText('after', '\nAs auditor. The file holds names and texts: keep it like a personnel file.')
    .action((file: string, _own: unknown, command: Command) =>
      exportEvidence(context, file, command.optsWithGlobals<ExportOptions>()),
    );

  audit
    .command('verify')
    .description(
      'check an export or an evidence bundle: edited, missing, added, moved or rewritten records, forged heads',
    )
    .argument('<file>', 'from `audit export`, or GET /api/entitlements/{id}/evidence')
    .option('--key <file>', 'public key that heads must be signed with, in PEM; again for an earlier key', collect)
    .option('--heads <file>', 'heads that were kept elsewhere')
    .addHelpText(
      'after',
      '\nNeeds no network and no database. Without key or heads it says which checks it could not make. Exit code 1 where\nthere is any sign of tampering.',
    )
    .action((file: string, _own: unknown, command: Command) =>
      verifyEvidence(context, file, command.optsWithGlobals<VerifyOptions>()),
    );
}
