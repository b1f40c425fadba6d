/** Leaves nothing of a stage behind: topics, groups and their members, rights, announcements. */
import { deleteGroupsV2, describeGroupsV5, leaveGroupV5, listGroupsV5 } from '@platformatic/kafka';
import type { KafkaAdmin } from '@citystreams/kafka';
import { bootstrapKafka } from '@citystreams/stack';
import { waitUntil } from '@citystreams/testing';
import type { Wire } from '../wire/connections.js';
import type { World } from '../world/world.js';
import { routerRule } from './control.js';

export async function cleanUp(world: World, admin: KafkaAdmin): Promise<void> {
  const topics = await admin.topicNames();
  await admin.removeRules(
    topics.flatMap((topic) => [routerRule(topic, 'write', 'deny'), routerRule(topic, 'read', 'deny')]),
  );
  for (const topic of topics) await admin.deleteTopic(topic);
  await forgetGroups(world.wire);
  await waitUntil('the topics are gone', async () => (await admin.topicNames()).length === 0);
  await bootstrapKafka(world.internal);
}

/** Consumer groups, with the node that coordinates each. */
export async function groupsOf(wire: Wire): Promise<{ id: string; node: number }[]> {
  const lists = await Promise.all(
    (await wire.nodeIds()).map(async (node) => {
      const { groups } = await wire.node(node, listGroupsV5.api, [], []);
      return groups.map(({ groupId }) => ({ id: groupId, node }));
    }),
  );
  return lists.flat();
}

/** A static member that was killed would keep its place in the next stage's group. */
async function forgetGroups(wire: Wire): Promise<void> {
  for (const { id, node } of await groupsOf(wire)) {
    const { groups } = await wire.node(node, describeGroupsV5.api, [id], false);
    const members = groups[0]?.members ?? [];
    const leaving = members.map(({ memberId, groupInstanceId }) => ({ memberId, groupInstanceId }));
    if (leaving.length > 0) await wire.node(node, leaveGroupV5.api, id, leaving);
    await wire.node(node, deleteGroupsV2.api, [id]);
  }
}
