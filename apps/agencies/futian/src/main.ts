// A consumer, as an operations centre would write it: it reads every view that its service account is entitled to, and
// follows what it is told on its agency's control channel. The account decides who it is: any agency can run it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EntitlementResource } from '@citystreams/contracts';
import { jsonLines, openNotices, openSubscriber, readServiceSettings, stopSignal } from '@citystreams/sdk';
import { activeEntitlements } from './entitlements.js';
import { Reception } from './reception.js';

/** Notices come at once; this is for the first minutes and for what they might miss. */
const ASK_AGAIN_MS = 15_000;

const stop = stopSignal();
const lines = jsonLines();
const { clientId, agency, kafka, registry, gateway } = readServiceSettings(process.env, 'gateway');

const subscribe = ({ stream, topic, view }: EntitlementResource) =>
  openSubscriber({
    topic,
    kafka,
    registry,
    groupId: `${clientId}.${view}`,
    onEvent: (event) => lines.received(event, { stream, principal: clientId }),
    onProblem: lines.problem,
  });

const reception = new Reception(() => activeEntitlements(gateway, clientId), subscribe);
const update = () =>
  reception.update().catch((error: unknown) => {
    lines.problem({ code: 'ENTITLEMENTS_UNKNOWN', message: String(error) });
  });

const notices = openNotices({
  agency,
  kafka,
  groupId: `${clientId}.notices`,
  onNotice: async ({ kind, stream, topic, entitlement, reasonCode, text }) => {
    lines.print({ notice: kind, stream, topic, entitlement, reasonCode, text });
    await update();
  },
  onProblem: lines.problem,
});

while (!stop.aborted) {
  await update();
  await sleep(ASK_AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
}
await notices.close();
await reception.close();
