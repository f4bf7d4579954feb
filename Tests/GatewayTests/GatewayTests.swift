import Connectors
import Flow
import Kafka
import Liquid
import Logging
import Pipeline
import Registry
import ServiceLifecycle
import Testing
import Workers

@testable import Gateway

/// The role as it runs, in front of a cluster.
@Suite(.serialized) struct GatewayTests {
    private struct House: Sendable {
        let cluster: MockCluster
        let kafka: KafkaConfiguration
        let client: GatewayClient
        let group: ServiceGroup
        let topics = Topics()

        func records(of topic: String) async throws -> [WireRecord] {
            let reader = try PartitionReader(kafka, logger: GatewayFixture.logger)
            var records: [WireRecord] = []
            let stretches = (0..<Int32(2)).map {
                PartitionReader.Stretch(TopicPartition(topic: topic, partition: $0), from: 0)
            }
            try await reader.read(stretches, within: .seconds(30)) { records += $0.map { WireRecord($0) } }
            await reader.close()
            return records
        }
    }

    private static func run(_ body: @Sendable (House) async throws -> Void) async throws {
        let cluster = try MockCluster()
        let topics = Topics()
        for topic in [topics.triggers("loyaltylion"), topics.dead] {
            try cluster.createTopic(topic, partitions: 2)
        }
        try cluster.createTopic(topics.registry, partitions: 1)
        let kafka = KafkaConfiguration(bootstrapServers: cluster.bootstrapServers)
        let catalogue = try Catalogue.builtIn()
        let box = try SecretBox(keys: SecretBox.generateKey())
        let reader = try RegistryReader(
            RegistryConfiguration(
                kafka: kafka, topics: topics, builtIn: catalogue, fetchWaitMax: .milliseconds(5)),
            historyOf: .all, logger: GatewayFixture.logger)
        var configuration = GatewayConfiguration()
        configuration.port = 0
        let gateway = Gateway(
            configuration, topics: topics, registry: reader, secrets: box,
            intake: try EventIntake(kafka, topics: topics, logger: GatewayFixture.logger),
            logger: GatewayFixture.logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [reader, gateway], logger: GatewayFixture.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Void, any Error>
            do {
                try await reader.ready(within: .seconds(30))
                let manifest = try Manifest(yaml: GatewayFixture.manifest, file: "m.yaml", variables: [:])
                let plan = try manifest.plan(
                    against: reader.directory, catalogue: catalogue, options: ManifestOptions(secretBox: box))
                let writer = try RegistryWriter(reader, logger: GatewayFixture.logger)
                _ = try await writer.apply(plan.changes)
                await writer.close(within: .seconds(5))
                let client = GatewayClient(port: try await gateway.port)
                result = .success(
                    try await body(House(cluster: cluster, kafka: kafka, client: client, group: group)))
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is answered with 202 is in Kafka, where it was said to be`() async throws {
        try await Self.run { house in
            #expect(try await house.client.get("/readyz").status == 200)
            let replies = try await withThrowingTaskGroup(of: GatewayReply.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        try await house.client.event(headers: [("Idempotency-Key", "e\(number)")])
                    }
                }
                var replies: [GatewayReply] = []
                for try await reply in group { replies.append(reply) }
                return replies
            }
            #expect(replies.allSatisfy { $0.status == 202 })
            let records = try await house.records(of: house.topics.triggers("loyaltylion"))
            let ids = try records.map { try TriggerEvent($0, connector: "loyaltylion").identity.id }
            #expect(Set(ids) == Set((0..<20).map { "e\($0)" }))
            #expect(ids.count == 20)
            let offsets = Set(replies.compactMap { $0.json["offset"]?.integerValue })
            #expect(offsets == Set(0..<20))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `events of one mutation are in Kafka in its order, where they were said to be`() async throws {
        try await Self.run { house in
            let fields = (1...10).map {
                "f\($0): flowTriggerReceive(handle: \"moved-up-tier\", payload: {customer_id: \($0), tierName: \"Gold\"}) "
                    + "{ userErrors { message } }"
            }
            let reply = try await house.client.graphQL(
                "mutation { \(fields.joined(separator: " ")) }", headers: [("Idempotency-Key", "e")])
            let ids = ["e"] + (2...10).map { "e~\($0)" }
            let events = reply.json["extensions"]?["sluice"]?["events"]?.arrayValue ?? []
            #expect(events.compactMap { $0["event_id"]?.stringValue } == ids)
            #expect(Set(events.map { $0["partition"] }).count == 1)
            #expect(events.map { $0["offset"] } == (0..<10).map { .integer($0) })
            let records = try await house.records(of: house.topics.triggers("loyaltylion"))
            let written = try records.map { try TriggerEvent($0, connector: "loyaltylion") }
            #expect(written.map(\.identity.id) == ids)
            #expect(written.map { $0.payload["customer_id"] } == (1...10).map { .integer($0) })
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a webhook that can't be used is a dead letter, which is not replayed as an event`() async throws {
        try await Self.run { house in
            let body = #"{"id": "w", "topic": "customer.tier_upgraded", "payload": {}}"#
            let signature = FlowSignature.make(
                body: Array(body.utf8), secret: Array(GatewayFixture.secret.utf8))
            let reply = try await house.client.post(
                "/v1/webhooks/loyaltylion/\(GatewayFixture.store)",
                [("x-loyaltylion-hmac-sha256", signature)], body: body)
            #expect(reply.status == 200)
            let letter = try #require(
                try await house.records(of: house.topics.dead).compactMap { DeadLetter($0) }.first)
            #expect(letter.eventID == "w")
            let rules = LetterReplay.Rules(topics: house.topics, catalogue: try Catalogue.builtIn())
            let refusal = #expect(throws: LetterReplay.Refusal.self) { try LetterReplay(of: letter, rules) }
            #expect(refusal?.reason.contains("webhook") == true)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `while the broker is away nothing is promised, and afterwards it goes on`() async throws {
        try await Self.run { house in
            #expect(try await house.client.event().status == 202)
            try house.cluster.setBroker(1, isUp: false)
            let began = ContinuousClock.now
            let reply = try await house.client.event(headers: [("Idempotency-Key", "lost")])
            #expect(reply.status == 503)
            #expect(reply.headers["retry-after"] != nil)
            #expect(ContinuousClock.now - began < .seconds(15))
            try house.cluster.setBroker(1, isUp: true)
            var status: Int?
            for _ in 0..<60 where status != 202 {
                status = try await house.client.event(headers: [("Idempotency-Key", "again")]).status
                if status != 202 { try await Task.sleep(for: .milliseconds(500)) }
            }
            #expect(status == 202)
            let records = try await house.records(of: house.topics.triggers("loyaltylion"))
            let ids = records.compactMap { $0.header(HeaderName.id) }
            #expect(!ids.contains("lost"))
            #expect(ids.contains("again"))
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a stop answers what is under way, and takes nothing new`() async throws {
        try await Self.run { house in
            try house.cluster.setRoundTripTime(1, .milliseconds(700))
            async let reply = house.client.event()
            try await Task.sleep(for: .milliseconds(300))
            await house.group.triggerGracefulShutdown()
            #expect(try await reply.status == 202)
            await #expect(throws: (any Error).self) {
                for _ in 0..<50 {
                    _ = try await house.client.get("/healthz")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a port that is taken is named`() async throws {
        try await Self.run { house in
            var configuration = GatewayConfiguration()
            configuration.port = house.client.port
            let topics = Topics()
            let gateway = Gateway(
                configuration, topics: topics,
                registry: try RegistryReader(
                    RegistryConfiguration(kafka: house.kafka, topics: topics), logger: GatewayFixture.logger),
                secrets: try SecretBox(keys: SecretBox.generateKey()),
                intake: try EventIntake(house.kafka, topics: topics, logger: GatewayFixture.logger),
                logger: GatewayFixture.logger)
            let error = await #expect(throws: GatewayError.self) { try await gateway.run() }
            #expect(error?.description.contains("127.0.0.1:\(house.client.port)") == true)
        }
    }
}
