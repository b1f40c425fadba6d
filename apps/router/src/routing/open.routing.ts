/** Puts the parts of the router together. */
import type { Ulid } from '@citystreams/contracts';
import type { DataPath, KafkaFailure, RecordProducer } from '@citystreams/kafka';
import type { HealthRegistry } from '@citystreams/nest';
import { Logger } from '@nestjs/common';
import type { RouterConfig } from '../config.js';
import type { OrdersDirectory } from '../directory/orders.directory.js';
import type { ReportsDirectory } from '../directory/reports.directory.js';
import type { StreamsDirectory } from '../directory/streams.directory.js';
import type { ViewsDirectory } from '../directory/views.directory.js';
import { SHARED_GROUP } from '../positions/groups.js';
import type { RouterMetrics } from '../metrics/router.metrics.js';
import { PositionStore } from '../positions/position.store.js';
import type { ViewFault } from '../projection/view.fault.js';
import { parseMaskSecret } from '../projection/view.key.js';
import { QuarantineLog } from '../quarantine/quarantine.log.js';
import { QuarantineWriter } from '../quarantine/quarantine.writer.js';
import type { JudgeDeps } from '../readings/partition.judge.js';
import { Redrives } from '../redrives/redrives.js';
import { StatusBoard } from '../status/status.board.js';
import type { RoutingState } from '../status/status.messages.js';
import { TrafficLog } from '../status/traffic.log.js';
import { NewBeginnings } from '../tenure/new.beginnings.js';
import { PartitionOpener } from '../tenure/partition.opener.js';
import { Transactions } from '../transactions/transactions.js';
import { SeatFinder } from '../views/seat.finder.js';
import { Settling } from '../views/settling.js';
import { ViewPrograms } from '../views/view.programs.js';
import { ViewTroubles } from '../views/view.troubles.js';
import { Gate } from './gate.js';
import { Readers } from './readers.js';
import { Router } from './router.js';
import { Seating } from './seating.js';

const SETTLE_EVERY_MS = 1_000;
/** Brokers forget what quiet groups committed, a week later unless told otherwise. */
const RESTATE_EVERY_MS = 6 * 3_600_000;

export interface RoutingDeps {
  readonly config: RouterConfig;
  readonly path: DataPath;
  readonly status: RecordProducer;
  readonly streams: StreamsDirectory;
  readonly views: ViewsDirectory;
  readonly reports: ReportsDirectory;
  readonly orders: OrdersDirectory;
  readonly metrics: RouterMetrics;
  readonly onLost: (why: KafkaFailure) => void;
}

export interface Routing {
  /** Once the control topics are read. */
  start(): void;
  addHealth(health: HealthRegistry): void;
  /** Commits what is in hand, and gives the partitions to the others. */
  close(): Promise<void>;
}

export function openRouting({
  config,
  path,
  status,
  streams,
  views,
  reports,
  orders,
  metrics,
  onLost,
}: RoutingDeps): Routing {
  const log = new Logger('views');
  const troubles = new ViewTroubles();
  const onFault = (fault: ViewFault): void => {
    const name = views.view(fault.view)?.topic ?? fault.view;
    if (troubles.add(fault)) log.warn(`${name} waits: ${fault.code}: ${fault.message}`);
  };
  const onOver = (view: Ulid): void => {
    if (troubles.over(view)) log.log(`${views.view(view)?.topic ?? view} goes on`);
  };

  const limits = {
    openBytes: config.OPEN_BATCH_BYTES,
    inFlightBytes: config.IN_FLIGHT_BYTES,
    codec: config.VIEW_COMPRESSION,
  };
  const gate = new Gate(() => transactions.pendingBytes, config.IN_FLIGHT_BYTES);
  const id = `citystreams.router.${config.ROUTER_SLOT}`;
  const options = { transactionalId: id, timeoutMs: config.TRANSACTION_TIMEOUT_MS };
  const transactions = new Transactions(
    path,
    options,
    limits,
    () => gate.freeze(),
    (bytes) => gate.written(bytes),
  );
  const openOutput = (topic: string, partition: number) => transactions.outputs.open(topic, partition);
  const positions = new PositionStore(path);
  const quarantine = new QuarantineWriter(openOutput);
  const quarantined = new QuarantineLog((line) => log.warn(line));
  const onQuarantined: JudgeDeps['onQuarantined'] = ({ place }, reason, offset) =>
    quarantined.note(place, reason, offset);
  const opener = new PartitionOpener({
    path,
    positions,
    reports,
    orders,
    judging: { streams, quarantine, onQuarantined },
  });
  const programs = new ViewPrograms(streams, parseMaskSecret(config.MASK_KEY));
  const routing = (): RoutingState => ({
    trouble: router.trouble,
    partitions: [...(router.tenure?.desks() ?? []), ...(router.tenure?.stuck() ?? [])].length,
  });
  const desks = () => router.tenure?.desks() ?? [];
  const board = new StatusBoard({ producer: status, slot: config.ROUTER_SLOT, troubles, reports, routing, desks });

  const redrives = new Redrives({ path, orders, streams, quarantine, onOpened: () => router.seated() });
  const router = new Router({
    transactions,
    opener,
    views,
    redrives,
    beginnings: new NewBeginnings(path, orders),
    onCommitted: (desks, ms) => {
      metrics.committed(ms);
      board.committed(desks, ms);
    },
    onNews: (desks) => board.tell(desks),
    onTakenUp: (stuck) => {
      board.tookUp();
      board.tellStuck(stuck);
    },
    gate,
    commitIntervalMs: config.COMMIT_INTERVAL_MS,
    onFault,
    onOver,
    onLost,
  });
  const over = (view: Ulid): void => router.over(view);
  const settling = new Settling({ views, reports, orders, programs, troubles, openOutput, onFault, onOver: over });
  const finder = new SeatFinder({ path, positions, views, reports, settling, onFault, onOver: over });
  const seating = new Seating(settling, finder, router);
  const traffic = new TrafficLog(desks, views);
  const topics = () => streams.all().map(({ stream }) => stream);
  const timers: NodeJS.Timeout[] = [];
  let isOpen = false;

  return {
    start() {
      isOpen = true;
      const readerLimits = { answerBytes: config.FETCH_BYTES, mostDecompressedBytes: config.DECOMPRESSED_BYTES };
      const readers = new Readers(path, readerLimits, gate, router);
      const member = path.openMember({
        groupId: SHARED_GROUP,
        instanceId: id,
        topics: topics(),
        sessionTimeoutMs: config.SESSION_TIMEOUT_MS,
        handler: router.membership,
      });
      router.start(readers, seating, member);
      board.start();
      metrics.observe({
        desks,
        stuck: () => router.tenure?.stuck() ?? [],
        teller: () => board.teller(),
        viewsInTrouble: () => troubles.all().length,
      });
      traffic.start();
      timers.push(
        setInterval(() => router.settle(), SETTLE_EVERY_MS),
        setInterval(() => router.restate(), RESTATE_EVERY_MS),
      );
      streams.changed.always(() => {
        member.subscribe(topics());
        router.settle();
      });
      views.changed.always(() => router.settle());
      orders.changed.always(() => router.settle());
    },
    addHealth(health) {
      health.add('routing', () => (router.trouble === null ? { ok: true } : { ok: false, reason: router.trouble }));
      health.add('views', () => stateOf(troubles.all().map((t) => `${t.view}: ${t.code}: ${t.detail}`)), 'partial');
      health.add(
        'partitions',
        () => {
          const { tenure } = router;
          const stuck = [...(tenure?.stuck() ?? [])].map((p) => `${p.stream}/${p.partition}: ${p.code}: ${p.detail}`);
          const troubled = [...(tenure?.desks() ?? [])].flatMap(({ place, trouble }) =>
            trouble === null ? [] : [`${place.stream}/${place.partition}: ${trouble.code}: ${trouble.detail}`],
          );
          return stateOf([...stuck, ...troubled]);
        },
        'partial',
      );
    },
    async close() {
      if (!isOpen) return;
      for (const timer of timers) clearInterval(timer);
      traffic.stop();
      await router.drain();
      quarantined.flush();
      board.stop();
    },
  };
}

const stateOf = (stuck: readonly string[]) =>
  stuck.length === 0 ? { ok: true } : { ok: false, reason: stuck.join('; ') };
