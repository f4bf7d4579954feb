// What the roles' promises rest on, asked of the broker itself: transactions, isolation and fences.

import Flow
import Kafka
import Logging
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct Transactions {
        /// One topic of one partition, one consumer of a group, and a producer with the name `writer`.
        private struct Bench {
            let kafka: KafkaConfiguration
            let topic: String
            let partition: TopicPartition
            let logger: Logger

            static func run(_ body: @Sendable (Bench) async throws -> Void) async throws {
                var logger = Logger(label: "test")
                logger.logLevel = .critical
                let quiet = logger
                try await withBroker(.noidaDB) { broker in
                    let kafka = KafkaConfiguration(bootstrapServers: broker.bootstrapServers)
                    let topic = Broker.uniqueName("t")
                    let admin = try Admin(kafka, logger: quiet)
                    _ = try await admin.createTopics([NewTopic(name: topic, partitions: 1, replication: 1)])
                    await admin.close()
                    let bench = Bench(
                        kafka: kafka, topic: topic, partition: TopicPartition(topic: topic, partition: 0),
                        logger: quiet)
                    try await body(bench)
                }
            }

            func producer() async throws -> TransactionalProducer {
                let producer = try TransactionalProducer(
                    kafka, transactionalID: "\(topic).writer", logger: logger)
                try await producer.initialize(within: .seconds(30))
                return producer
            }

            /// A dynamic member, once it has the partition.
            func member(_ assigned: Observed<Int>) async throws -> Consumer {
                let hooks = RebalanceHooks(assigned: { partitions in
                    assigned.update { $0 += 1 }
                    return partitions.map { PartitionStart(topicPartition: $0, offset: .beginning) }
                })
                let consumer = try Consumer(
                    ConsumerConfiguration(
                        kafka: kafka, groupID: "\(topic).group", sessionTimeout: .seconds(6),
                        fetchWaitMax: .milliseconds(20)), hooks: hooks, logger: logger)
                try await consumer.subscribe([topic])
                return consumer
            }

            func record(_ text: String) -> ProducerRecord {
                ProducerRecord(topic: topic, partition: 0, key: nil, value: Array(text.utf8))
            }

            /// Texts of the records that a reader of committed ones sees now.
            func committed() async throws -> [String] {
                let consumer = try Consumer(
                    ConsumerConfiguration(
                        kafka: kafka, offsetReset: .earliest, partitionEnds: true,
                        fetchWaitMax: .milliseconds(20)), logger: logger)
                try await consumer.assign([PartitionStart(topicPartition: partition, offset: .beginning)])
                var texts: [String] = []
                while let batch = try await consumer.next(within: .seconds(20)), !batch.isEmpty {
                    texts += batch.records.map { String(decoding: $0.value ?? [], as: UTF8.self) }
                    if !batch.ends.isEmpty { break }
                }
                await consumer.close()
                return texts
            }

            func commit(_ offset: Int64) -> [OffsetCommit] {
                [OffsetCommit(topicPartition: partition, offset: offset, metadata: nil)]
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `an aborted transaction leaves neither records nor offsets, a committed one both`() async throws
        {
            try await Bench.run { bench in
                let assigned = Observed(0)
                let consumer = try await bench.member(assigned)
                _ = try await assigned.wait(within: .seconds(20), for: "the partition") { $0 > 0 ? $0 : nil }
                let member = try consumer.membership()
                let producer = try await bench.producer()
                let tooLarge = ProducerRecord(
                    topic: bench.topic, partition: 0, key: nil, value: [UInt8](repeating: 0, count: 3 << 20))
                await #expect(throws: SendError.self) {
                    _ = try await producer.transaction(
                        [bench.record("aborted"), tooLarge], offsets: bench.commit(1), as: member,
                        within: .seconds(5))
                }
                #expect(try await consumer.committed([bench.partition], within: .seconds(10)).isEmpty)
                _ = try await producer.transaction(
                    [bench.record("committed")], offsets: bench.commit(2), as: member, within: .seconds(5))
                #expect(
                    try await consumer.committed([bench.partition], within: .seconds(10)).map(\.offset) == [2]
                )
                #expect(try await bench.committed() == ["committed"])
                await producer.close(within: .seconds(5))
                await consumer.close()
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func `a producer under the same name fences its predecessor`() async throws {
            try await Bench.run { bench in
                let old = try await bench.producer()
                _ = try await old.transaction([bench.record("old")], within: .seconds(5))
                let new = try await bench.producer()
                let error = try await #require(throws: (any Error).self) {
                    _ = try await old.transaction([bench.record("zombie")], within: .seconds(5))
                }
                #expect("\(error)".contains("FENCED") || "\(error)".contains("EPOCH"), "\(error)")
                _ = try await new.transaction([bench.record("new")], within: .seconds(5))
                #expect(try await bench.committed() == ["old", "new"])
                await old.close(within: .zero)
                await new.close(within: .seconds(5))
            }
        }

        /// The membership is asked for when work is taken: it must not become valid again by a later assignment.
        @Test(.timeLimit(.minutes(2)))
        func `what was taken under an assignment that is over can't be committed`() async throws {
            try await Bench.run { bench in
                let (first, second) = (Observed(0), Observed(0))
                let consumer = try await bench.member(first)
                _ = try await first.wait(within: .seconds(20), for: "the partition") { $0 > 0 ? $0 : nil }
                let old = try consumer.membership()
                let other = try await bench.member(second)
                _ = try await first.wait(within: .seconds(40), for: "another assignment") {
                    $0 > 1 ? $0 : nil
                }
                let error = try await #require(throws: KafkaError.self) {
                    try await consumer.commit(bench.commit(1), as: old)
                }
                #expect(error.kind == .rebalancing)
                // The stand-ins don't look at a transaction's group.
                if Broker.isExternal {
                    let producer = try await bench.producer()
                    await #expect(throws: KafkaError.self) {
                        _ = try await producer.transaction(
                            [bench.record("stale")], offsets: bench.commit(1), as: old, within: .seconds(5))
                    }
                    #expect(try await bench.committed().isEmpty)
                    await producer.close(within: .seconds(5))
                }
                await other.close()
                await consumer.close()
            }
        }
    }
}
