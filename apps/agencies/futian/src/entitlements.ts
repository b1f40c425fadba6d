import { EntitlementResource } from '@citystreams/contracts';
import type { GatewaySettings } from '@citystreams/sdk';

const ANSWER_WITHIN_MS = 10_000;
const PAGE = 200;

/** What this service account may read now. Throws when the gateway does not say. */
export async function activeEntitlements(gateway: GatewaySettings, clientId: string): Promise<EntitlementResource[]> {
  const found: EntitlementResource[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after !== '' && { after }) });
    const response = await fetch(`${gateway.url}/api/entitlements?${query.toString()}`, {
      headers: { authorization: `Bearer ${await gateway.tokens.token()}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (!response.ok) throw new Error(`GET /api/entitlements: status ${response.status}`);
    const page = (await response.json()) as { items: unknown; next: string | null };
    found.push(...EntitlementResource.array().parse(page.items));
    after = page.next;
  }
  return found.filter(
    ({ state, principals }) => state === 'ACTIVE' && principals.some((principal) => principal === clientId),
  );
}
