import { z } from 'zod';
import type { CommandContext, GlobalOptions } from '../context.js';
import { openGateway } from '../session/gateway.client.js';
import { table } from '../terminal/table.js';

const WhoAmI = z.object({
  principal: z.string(),
  agency: z.string(),
  roles: z.array(z.string()),
  expiresAt: z.iso.datetime({ offset: true }),
});

/** Who the platform takes us for: asked there, not read from the token. */
export async function whoami(context: CommandContext, options: GlobalOptions): Promise<void> {
  const client = await openGateway(context, options);
  const me = await client.get('/api/whoami', WhoAmI);
  if (options.json) return context.out(JSON.stringify({ ...me, gateway: client.gateway }));
  context.out(
    table([
      ['account', me.principal],
      ['agency', me.agency],
      ['roles', me.roles.join(', ') || 'none'],
      ['until', new Date(me.expiresAt).toLocaleString('sv-SE')],
      ['gateway', client.gateway],
    ]),
  );
}
