import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Bodies of requests and answers as Kafka's own classes write them, in hexadecimal: what our messages are held against.
 * With Kafka's jars in a folder:
 *
 *     java -cp '<folder>/*' MessageSamples.java > kafka.samples.json
 */
public class MessageSamples {
    static final List<String> LINES = new ArrayList<>();
    static final Uuid TOPIC = Uuid.fromString("AAECAwQFBgcICQoLDA0ODw");
    static final Uuid OTHER = Uuid.fromString("8PHy8_T19vf4-fr7_P3-_w");

    static void add(String name, Message message, int version) {
        add(name, MessageUtil.toByteBufferAccessor(message, (short) version).buffer());
    }

    static void add(String name, ByteBuffer bytes) {
        StringBuilder hex = new StringBuilder();
        while (bytes.hasRemaining()) hex.append(String.format("%02x", bytes.get()));
        LINES.add("  \"" + name + "\": \"" + hex + "\"");
    }

    /** A field from the future. */
    static <T extends Message> T tagged(T message) {
        message.unknownTaggedFields().add(new RawTaggedField(99, new byte[] {1, 2, 3}));
        return message;
    }

    static MemoryRecords bytes(String text) {
        return MemoryRecords.readableRecords(ByteBuffer.wrap(text.getBytes()));
    }

    public static void main(String[] args) {
        add("header.flexible", new RequestHeaderData().setRequestApiKey((short) 1).setRequestApiVersion((short) 17)
            .setCorrelationId(7).setClientId("citystreams.router"), 2);
        add("header.plain", new RequestHeaderData().setRequestApiKey((short) 17).setRequestApiVersion((short) 1)
            .setCorrelationId(7).setClientId("citystreams.router"), 1);
        sasl();
        cluster();
        fetching();
        producing();
        membership();
        System.out.println("{\n" + String.join(",\n", LINES) + "\n}");
    }

    static void sasl() {
        add("ApiVersions.request", new ApiVersionsRequestData().setClientSoftwareName("citystreams").setClientSoftwareVersion("1"), 4);
        var keys = new ApiVersionsResponseData.ApiVersionCollection();
        keys.add(new ApiVersionsResponseData.ApiVersion().setApiKey((short) 0).setMinVersion((short) 3).setMaxVersion((short) 13));
        keys.add(new ApiVersionsResponseData.ApiVersion().setApiKey((short) 1).setMinVersion((short) 4).setMaxVersion((short) 18));
        var finalized = new ApiVersionsResponseData.FinalizedFeatureKeyCollection();
        finalized.add(new ApiVersionsResponseData.FinalizedFeatureKey().setName("transaction.version")
            .setMaxVersionLevel((short) 2).setMinVersionLevel((short) 1));
        var supported = new ApiVersionsResponseData.SupportedFeatureKeyCollection();
        supported.add(new ApiVersionsResponseData.SupportedFeatureKey().setName("group.version").setMaxVersion((short) 1));
        add("ApiVersions.answer", tagged(new ApiVersionsResponseData().setApiKeys(keys).setThrottleTimeMs(5)
            .setSupportedFeatures(supported).setFinalizedFeatures(finalized).setFinalizedFeaturesEpoch(9)), 4);
        add("ApiVersions.unsupported", new ApiVersionsResponseData().setErrorCode((short) 35), 0);
        add("SaslHandshake.request", new SaslHandshakeRequestData().setMechanism("OAUTHBEARER"), 1);
        add("SaslHandshake.answer", new SaslHandshakeResponseData().setErrorCode((short) 33).setMechanisms(List.of("PLAIN", "OAUTHBEARER")), 1);
        add("SaslAuthenticate.request", new SaslAuthenticateRequestData().setAuthBytes("token".getBytes()), 2);
        add("SaslAuthenticate.answer", tagged(new SaslAuthenticateResponseData().setErrorCode((short) 58).setErrorMessage("no")
            .setAuthBytes("bytes".getBytes()).setSessionLifetimeMs(60000)), 2);
    }

    static void cluster() {
        add("Metadata.request", new MetadataRequestData().setAllowAutoTopicCreation(false).setTopics(List.of(
            new MetadataRequestData.MetadataRequestTopic().setName("city.events"),
            new MetadataRequestData.MetadataRequestTopic().setName("city.ördern"))), 12);
        var brokers = new MetadataResponseData.MetadataResponseBrokerCollection();
        brokers.add(tagged(new MetadataResponseData.MetadataResponseBroker().setNodeId(1).setHost("one.example").setPort(9092).setRack("r1")));
        brokers.add(new MetadataResponseData.MetadataResponseBroker().setNodeId(2).setHost("two.example").setPort(9093));
        var topics = new MetadataResponseData.MetadataResponseTopicCollection();
        topics.add(tagged(new MetadataResponseData.MetadataResponseTopic().setName("city.events").setTopicId(TOPIC).setPartitions(List.of(
            tagged(new MetadataResponseData.MetadataResponsePartition().setPartitionIndex(1).setLeaderId(2).setLeaderEpoch(5)
                .setReplicaNodes(List.of(1, 2)).setIsrNodes(List.of(2)).setOfflineReplicas(List.of(1))),
            new MetadataResponseData.MetadataResponsePartition().setErrorCode((short) 5).setPartitionIndex(0).setLeaderId(-1).setLeaderEpoch(-1)))));
        topics.add(new MetadataResponseData.MetadataResponseTopic().setErrorCode((short) 3).setName("city.none").setTopicId(Uuid.ZERO_UUID));
        add("Metadata.answer", tagged(new MetadataResponseData().setThrottleTimeMs(1).setBrokers(brokers).setClusterId("c").setControllerId(1).setTopics(topics)), 12);
        add("FindCoordinator.request", new FindCoordinatorRequestData().setKeyType((byte) 1).setCoordinatorKeys(List.of("citystreams.router.1")), 4);
        add("FindCoordinator.answer", new FindCoordinatorResponseData().setThrottleTimeMs(1).setCoordinators(List.of(
            tagged(new FindCoordinatorResponseData.Coordinator().setKey("citystreams.router.1").setNodeId(2).setHost("two.example").setPort(9093)))), 4);
        add("ListOffsets.request", new ListOffsetsRequestData().setReplicaId(-1).setIsolationLevel((byte) 1).setTopics(List.of(
            new ListOffsetsRequestData.ListOffsetsTopic().setName("city.events").setPartitions(List.of(
                new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(3).setCurrentLeaderEpoch(5).setTimestamp(-2),
                new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(0).setCurrentLeaderEpoch(-1).setTimestamp(-2))))), 6);
        add("ListOffsets.answer", new ListOffsetsResponseData().setThrottleTimeMs(1).setTopics(List.of(
            new ListOffsetsResponseData.ListOffsetsTopicResponse().setName("city.events").setPartitions(List.of(
                tagged(new ListOffsetsResponseData.ListOffsetsPartitionResponse().setPartitionIndex(3).setTimestamp(12).setOffset(1L << 40).setLeaderEpoch(5)),
                new ListOffsetsResponseData.ListOffsetsPartitionResponse().setPartitionIndex(0).setErrorCode((short) 6))))), 6);
        add("OffsetFetch.request", new OffsetFetchRequestData().setRequireStable(true).setGroups(List.of(
            new OffsetFetchRequestData.OffsetFetchRequestGroup().setGroupId("citystreams.router.shared").setMemberId(null).setMemberEpoch(-1).setTopics(List.of(
                new OffsetFetchRequestData.OffsetFetchRequestTopics().setName("city.events").setPartitionIndexes(List.of(0, 3)))))), 9);
        add("OffsetFetch.answer", new OffsetFetchResponseData().setThrottleTimeMs(1).setGroups(List.of(
            tagged(new OffsetFetchResponseData.OffsetFetchResponseGroup().setGroupId("citystreams.router.shared").setErrorCode((short) 15).setTopics(List.of(
                new OffsetFetchResponseData.OffsetFetchResponseTopics().setName("city.events").setPartitions(List.of(
                    new OffsetFetchResponseData.OffsetFetchResponsePartitions().setPartitionIndex(0).setCommittedOffset(-1).setMetadata(null),
                    tagged(new OffsetFetchResponseData.OffsetFetchResponsePartitions().setPartitionIndex(3).setCommittedOffset(1234567890123L)
                        .setCommittedLeaderEpoch(5).setMetadata("{\"state\":\"adopted\"}").setErrorCode((short) 88))))))))), 9);
    }

    static void fetching() {
        var partitions = List.of(
            new FetchRequestData.FetchPartition().setPartition(1).setCurrentLeaderEpoch(5).setFetchOffset(1L << 41).setPartitionMaxBytes(1 << 20),
            new FetchRequestData.FetchPartition().setPartition(0).setCurrentLeaderEpoch(-1).setFetchOffset(0).setPartitionMaxBytes(1 << 20));
        add("Fetch.request", new FetchRequestData().setMaxWaitMs(500).setMinBytes(1).setMaxBytes(8 << 20).setIsolationLevel((byte) 1)
            .setSessionId(0).setSessionEpoch(-1).setTopics(List.of(
                new FetchRequestData.FetchTopic().setTopicId(TOPIC).setPartitions(partitions),
                new FetchRequestData.FetchTopic().setTopicId(OTHER).setPartitions(partitions.subList(0, 1)))), 17);
        add("Fetch.answer", tagged(new FetchResponseData().setThrottleTimeMs(1).setResponses(List.of(
            new FetchResponseData.FetchableTopicResponse().setTopicId(TOPIC).setPartitions(List.of(
                tagged(new FetchResponseData.PartitionData().setPartitionIndex(1).setHighWatermark(101).setLastStableOffset(99).setLogStartOffset(3)
                    .setAbortedTransactions(List.of(
                        new FetchResponseData.AbortedTransaction().setProducerId(1L << 50).setFirstOffset(40),
                        new FetchResponseData.AbortedTransaction().setProducerId(4).setFirstOffset(50)))
                    .setRecords(bytes("first"))),
                new FetchResponseData.PartitionData().setPartitionIndex(0).setErrorCode((short) 6).setHighWatermark(-1)
                    .setCurrentLeader(new FetchResponseData.LeaderIdAndEpoch().setLeaderId(2).setLeaderEpoch(6)))),
            new FetchResponseData.FetchableTopicResponse().setTopicId(OTHER).setPartitions(List.of(
                new FetchResponseData.PartitionData().setPartitionIndex(1).setHighWatermark(7).setLastStableOffset(7)
                    .setAbortedTransactions(List.of()).setRecords(bytes(""))))))), 17);
    }

    static void producing() {
        var topics = new ProduceRequestData.TopicProduceDataCollection();
        topics.add(new ProduceRequestData.TopicProduceData().setName("view.city.events").setPartitionData(List.of(
            new ProduceRequestData.PartitionProduceData().setIndex(3).setRecords(bytes("batch of partition three")),
            new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(bytes("zero")))));
        topics.add(new ProduceRequestData.TopicProduceData().setName("view.city.other").setPartitionData(List.of(
            new ProduceRequestData.PartitionProduceData().setIndex(1).setRecords(bytes("other")))));
        add("Produce.request", new ProduceRequestData().setTransactionalId("citystreams.router.1").setAcks((short) -1).setTimeoutMs(10000).setTopicData(topics), 12);
        var responses = new ProduceResponseData.TopicProduceResponseCollection();
        responses.add(tagged(new ProduceResponseData.TopicProduceResponse().setName("view.city.events").setPartitionResponses(List.of(
            new ProduceResponseData.PartitionProduceResponse().setIndex(3).setBaseOffset(1L << 42).setLogAppendTimeMs(5).setLogStartOffset(1),
            tagged(new ProduceResponseData.PartitionProduceResponse().setIndex(0).setErrorCode((short) 87).setErrorMessage("bad record")
                .setRecordErrors(List.of(tagged(new ProduceResponseData.BatchIndexAndErrorMessage().setBatchIndex(2).setBatchIndexErrorMessage("this one")),
                    new ProduceResponseData.BatchIndexAndErrorMessage().setBatchIndex(3)))
                .setCurrentLeader(new ProduceResponseData.LeaderIdAndEpoch().setLeaderId(2).setLeaderEpoch(6)))))));
        add("Produce.answer", tagged(new ProduceResponseData().setThrottleTimeMs(1).setResponses(responses)), 12);
        add("InitProducerId.request", new InitProducerIdRequestData().setTransactionalId("citystreams.router.1").setTransactionTimeoutMs(30000), 5);
        add("InitProducerId.answer", tagged(new InitProducerIdResponseData().setThrottleTimeMs(1).setErrorCode((short) 51).setProducerId(1L << 55).setProducerEpoch((short) 3)), 5);
        add("TxnOffsetCommit.request", new TxnOffsetCommitRequestData().setTransactionalId("citystreams.router.1").setGroupId("citystreams.router.shared")
            .setProducerId(1L << 55).setProducerEpoch((short) 3).setGenerationId(8).setMemberId("member-1").setGroupInstanceId("slot-1").setTopics(List.of(
                new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic().setName("city.events").setPartitions(List.of(
                    new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition().setPartitionIndex(0).setCommittedOffset(1L << 40).setCommittedMetadata("{}"),
                    new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition().setPartitionIndex(3).setCommittedOffset(0).setCommittedMetadata(""))))), 5);
        add("TxnOffsetCommit.memberless", new TxnOffsetCommitRequestData().setTransactionalId("citystreams.router.1").setGroupId("citystreams.router.catchup.1")
            .setProducerId(4).setProducerEpoch((short) 0).setGenerationId(-1).setMemberId("").setGroupInstanceId(null).setTopics(List.of()), 5);
        add("TxnOffsetCommit.answer", new TxnOffsetCommitResponseData().setThrottleTimeMs(1).setTopics(List.of(
            tagged(new TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic().setName("city.events").setPartitions(List.of(
                new TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition().setPartitionIndex(0),
                tagged(new TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition().setPartitionIndex(3).setErrorCode((short) 22))))))), 5);
        add("EndTxn.request", new EndTxnRequestData().setTransactionalId("citystreams.router.1").setProducerId(1L << 55).setProducerEpoch((short) 3).setCommitted(true), 5);
        add("EndTxn.answer", tagged(new EndTxnResponseData().setThrottleTimeMs(1).setProducerId(1L << 55).setProducerEpoch((short) 4)), 5);
    }

    static void membership() {
        var protocols = new JoinGroupRequestData.JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestData.JoinGroupRequestProtocol().setName("sticky").setMetadata("metadata".getBytes()));
        add("JoinGroup.request", new JoinGroupRequestData().setGroupId("citystreams.router.shared").setSessionTimeoutMs(6000).setRebalanceTimeoutMs(7000)
            .setMemberId("member-1").setGroupInstanceId("slot-1").setProtocolType("consumer").setProtocols(protocols).setReason("joining"), 9);
        add("JoinGroup.answer", tagged(new JoinGroupResponseData().setThrottleTimeMs(1).setGenerationId(8).setProtocolType("consumer").setProtocolName("sticky")
            .setLeader("member-1").setSkipAssignment(true).setMemberId("member-1").setMembers(List.of(
                tagged(new JoinGroupResponseData.JoinGroupResponseMember().setMemberId("member-1").setGroupInstanceId("slot-1").setMetadata("one".getBytes())),
                new JoinGroupResponseData.JoinGroupResponseMember().setMemberId("member-2").setGroupInstanceId(null).setMetadata(new byte[0])))), 9);
        add("SyncGroup.request", new SyncGroupRequestData().setGroupId("citystreams.router.shared").setGenerationId(8).setMemberId("member-1").setGroupInstanceId("slot-1")
            .setProtocolType("consumer").setProtocolName("sticky").setAssignments(List.of(
                new SyncGroupRequestData.SyncGroupRequestAssignment().setMemberId("member-1").setAssignment("mine".getBytes()),
                new SyncGroupRequestData.SyncGroupRequestAssignment().setMemberId("member-2").setAssignment(new byte[0]))), 5);
        add("SyncGroup.answer", tagged(new SyncGroupResponseData().setThrottleTimeMs(1).setErrorCode((short) 27).setProtocolType("consumer").setProtocolName("sticky").setAssignment("mine".getBytes())), 5);
        add("Heartbeat.request", new HeartbeatRequestData().setGroupId("citystreams.router.shared").setGenerationId(8).setMemberId("member-1").setGroupInstanceId("slot-1"), 4);
        add("Heartbeat.answer", tagged(new HeartbeatResponseData().setThrottleTimeMs(1).setErrorCode((short) 82)), 4);
        add("LeaveGroup.request", new LeaveGroupRequestData().setGroupId("citystreams.router.shared").setMembers(List.of(
            new LeaveGroupRequestData.MemberIdentity().setMemberId("member-1").setGroupInstanceId("slot-1").setReason("drained"))), 5);
        add("LeaveGroup.answer", new LeaveGroupResponseData().setThrottleTimeMs(1).setMembers(List.of(
            tagged(new LeaveGroupResponseData.MemberResponse().setMemberId("member-1").setGroupInstanceId("slot-1").setErrorCode((short) 25)))), 5);
        var owned = new ConsumerProtocolSubscription.TopicPartitionCollection();
        owned.add(new ConsumerProtocolSubscription.TopicPartition().setTopic("city.events").setPartitions(List.of(0, 3)));
        add("ConsumerProtocol.subscription", MessageUtil.toVersionPrefixedByteBuffer((short) 2, new ConsumerProtocolSubscription().setTopics(List.of("city.events", "city.other"))
            .setUserData(ByteBuffer.wrap(new byte[] {0, 0, 0, 6})).setOwnedPartitions(owned).setGenerationId(8)));
        var assigned = new ConsumerProtocolAssignment.TopicPartitionCollection();
        assigned.add(new ConsumerProtocolAssignment.TopicPartition().setTopic("city.events").setPartitions(List.of(0, 3)));
        add("ConsumerProtocol.assignment", MessageUtil.toVersionPrefixedByteBuffer((short) 2, new ConsumerProtocolAssignment().setAssignedPartitions(assigned).setUserData(ByteBuffer.wrap(new byte[] {
            0, 0, 0, 1, 0, 11, 'c', 'i', 't', 'y', '.', 'e', 'v', 'e', 'n', 't', 's', 0, 0, 0, 4}))));
    }
}
