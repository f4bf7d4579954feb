import Testing

@testable import Kafka

/// The in-process cluster answers no administrative requests; creating and deleting is tested against real
/// brokers.
@Suite(.timeLimit(.minutes(1)))
struct AdminTests {
    @Test func `partitions are counted`() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("orders", partitions: 3)
        try cluster.createTopic("dead", partitions: 1)
        let admin = try Admin(cluster.configuration(), logger: silent)
        #expect(try await admin.partitionCounts() == ["orders": 3, "dead": 1])
        #expect(try await admin.shapes()["orders"] == TopicShape(partitions: 3, replication: 1))
        #expect(try await admin.partitionCounts(of: ["orders", "absent"]) == ["orders": 3])
        await admin.close()
    }

    @Test func `a cluster whose controller is none of its brokers takes no administrative requests`()
        async throws
    {
        let cluster = try MockCluster()
        let admin = try Admin(cluster.configuration(), logger: silent)
        #expect(try await !admin.hasController())
        await admin.close()
    }

    @Test func `a cluster that does not answer is told with its servers and what to do`() async throws {
        let admin = try Admin(KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), logger: silent)
        let creation = try await #require(throws: KafkaError.self) {
            try await admin.createTopics(
                [NewTopic(name: "orders", partitions: 1)], within: .milliseconds(300))
        }
        #expect(creation.description.contains("127.0.0.1:1"))
        #expect(creation.description.contains("check that a broker runs there"))
        let query = try await #require(throws: KafkaError.self) {
            try await admin.partitionCounts(within: .milliseconds(200))
        }
        #expect(query.description.contains("127.0.0.1:1"))
        await admin.close()
        let closed = await #expect(throws: KafkaError.self) { try await admin.partitionCounts() }
        #expect(closed?.kind == .closed)
    }

    @Test func `settings that no broker tells are an error within the bound`() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic("orders", partitions: 1)
        let admin = try Admin(cluster.configuration(), logger: silent)
        await #expect(throws: KafkaError.self) {
            try await admin.settings(of: ["orders"], within: .seconds(2))
        }
        #expect(try await admin.settings(of: []).isEmpty)
        await admin.close()
    }

    @Test func `a topic that no cluster could create is refused before asking`() async throws {
        let admin = try Admin(KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), logger: silent)
        let error = try await #require(throws: KafkaError.self) {
            try await admin.createTopics(
                [NewTopic(name: "orders", partitions: -5)], within: .milliseconds(300))
        }
        #expect(error.kind == .invalidConfiguration)
        await admin.close()
    }
}
