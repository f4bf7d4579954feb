// What goes wrong around the roles: other processes of the same name, a broker that stands still, no broker at all.

import Flow
import Glibc
import Kafka
import MockVendor
import Pipeline
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct Faults {
        @Test(.timeLimit(.minutes(2)))
        func `a second process under the same name takes over, and the first ends and says why`() async throws
        {
            try await Cluster.run { cluster in
                _ = try await cluster.start("matcher", "m0")
                let first = try await cluster.start("sender", "s0")
                try await cluster.produceMixed(0..<20)
                _ = try await cluster.runs.end(ofEvents: 20, within: .seconds(40))
                _ = try await cluster.start("sender", "s0")
                try await cluster.produceMixed(20..<40)
                #expect(try await first.child.wait(within: .seconds(40)) == .code(1))
                let words = first.child.lines.suffix(8).joined(separator: "\n")
                #expect(words.contains("FENCED"), "\(words)")
                let history = try await cluster.runs.end(ofEvents: 40, within: .seconds(40))
                try await cluster.expectNothingLost(history, events: 40)
            }
        }

        /// One role learns of it first: the other must not go on, or come back and fence the successor.
        @Test(.timeLimit(.minutes(2)))
        func `a process with both roles ends as a whole when it is fenced, and its successor stays`()
            async throws
        {
            try await Cluster.run { cluster in
                let first = try await cluster.start("matcher sender", "w0")
                try await cluster.produceMixed(0..<20)
                _ = try await cluster.runs.end(ofEvents: 20, within: .seconds(40))
                let second = try await cluster.start("matcher sender", "w0")
                try await cluster.produceMixed(20..<40)
                #expect(try await first.child.wait(within: .seconds(60)) == .code(1))
                let history = try await cluster.runs.end(ofEvents: 40, within: .seconds(40))
                try await cluster.expectNothingLost(history, events: 40)
                #expect(second.child.isRunning)
                #expect(try await second.stop() == .code(0))
            }
        }

        /// The first poll of a member assigns its partitions and may return messages of them at once.
        @Test(.timeLimit(.minutes(2)))
        func `events that lie there before the first worker starts are all matched`() async throws {
            try await Cluster.run(ClusterSetup(stores: 20)) { cluster in
                try await cluster.produceMixed(0..<300)
                _ = try await cluster.start(matchers: 1, senders: 1)
                let history = try await cluster.runs.end(ofEvents: 300, within: .seconds(60))
                try await cluster.expectNothingLost(history, events: 300)
                cluster.expectExactlyOnce(history)
            }
        }

        /// Processes of others can't be stopped, so that it needs a broker of its own.
        @Test(.timeLimit(.minutes(2)), .disabled(if: Broker.isExternal))
        func `a broker that stands still for a while costs time and nothing else`() async throws {
            try await Cluster.run { cluster in
                let workers = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.produceMixed(0..<200)
                _ = try await cluster.runs.end(ofEvents: 200, within: .seconds(40))
                #expect(cluster.broker.signal(SIGSTOP))
                async let emitted: Void = cluster.produceMixed(200..<300)
                try await workers.senders[0].child.waitForLine(containing: "warning", within: .seconds(60))
                #expect(cluster.broker.signal(SIGCONT))
                try await emitted
                let history = try await cluster.runs.end(ofEvents: 300, within: .seconds(60))
                try await cluster.expectNothingLost(history, events: 300)
                #expect(cluster.inversions(history).isEmpty)
            }
        }

        @Test(
            .timeLimit(.minutes(2)),
            arguments: [
                ["run", "matcher", "--connectors", "okendo"],
                ["emit", "loyaltylion/moved-up-tier", "--store", "s.myshopify.com"],
            ])
        func `without a broker a command ends, and names the servers and what to do`(arguments: [String])
            async throws
        {
            let servers = "127.0.0.1:\(try await LoopbackPort.free())"
            let child = try await ChildProcess.start(
                SluiceBinary.path, arguments: arguments, environment: ["KAFKA_BOOTSTRAP_SERVERS": servers])
            #expect(try await child.wait(within: .seconds(75)) == .code(1))
            let words = child.lines.joined(separator: "\n")
            #expect(words.contains(servers) && words.contains("check that a broker runs there"), "\(words)")
        }

        /// A producer of Java's may write more than librdkafka's default allows, and a dead letter says more than its
        /// original.
        @Test(.timeLimit(.minutes(2)))
        func `a record as large as Kafka takes becomes a dead letter with its bytes, and blocks nobody`()
            async throws
        {
            try await Cluster.run { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                var large = cluster.event("large", store: 1)
                large.value =
                    Array(#"{"customer_id":1,"tierName":""#.utf8) + Array(repeating: 120, count: 1_040_000)
                try await cluster.produce([large, cluster.event("small", store: 1)])
                let history = try await cluster.runs.end(ofEvents: 1, within: .seconds(40))
                #expect(history.events.keys.map(\.id) == ["small"])
                let dead = try await cluster.deadLetters()
                #expect(dead.map(\.value) == [large.value])
                #expect(dead.first?.reason.contains("exceeds the limit") == true)
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func `an action whose connector has no topics is a dead letter, and holds up nobody`() async throws {
            let workflows =
                TestManifest.oneStep + """
                    ---
                    kind: workflow
                    id: elsewhere
                    organization: group
                    trigger: loyaltylion/moved-up-tier
                    steps:
                      - id: task
                        action: asana/create-task
                        inputs: { projectGid: "1", name: up }

                    """
            // noida-db doesn't say that a topic is unknown.
            let setup = ClusterSetup(broker: .tansu, mode: .atLeastOnce, workflows: workflows)
            try await Cluster.run(setup) { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                try await cluster.produceMixed(0..<3, triggers: ["moved-up-tier"])
                let history = try await cluster.runs.end(ofEvents: 3, within: .seconds(60))
                #expect(history.count(end: "succeeded") == 3)
                #expect(history.count(end: "dead") == 3)
                let dead = try await cluster.deadLetters()
                #expect(dead.count == 3)
                #expect(dead.allSatisfy { $0.reason.contains("sluice topics create") && $0.value != nil })
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func `a structured event without a key finds its store's partition, and its repeat is a duplicate`()
            async throws
        {
            try await Cluster.run { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                let copies = (0..<Int32(ClusterSetup.partitions)).map { partition in
                    var record = cluster.structuredEvent("structured", store: 1)
                    record.partition = partition
                    return record
                }
                try await cluster.produce(copies)
                let history = try await cluster.runs.wait("all copies", within: .seconds(40)) { history in
                    history.events.values.reduce(0) { $0 + $1.count } == copies.count
                }
                let reports = history.events.values.flatMap { $0 }
                #expect(Set(reports.map(\.partition)).count == 1)
                #expect(reports.filter { $0.refused == nil }.count == 1)
                #expect(reports.filter { $0.refused == "duplicate" }.count == copies.count - 1)
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func `unusable and misplaced records block nobody, and lose nothing`() async throws {
            try await Cluster.run { cluster in
                _ = try await cluster.start(matchers: 1, senders: 1)
                let topic = cluster.topics.triggers("loyaltylion")
                let key = Array("store-0001.myshopify.com".utf8)
                let home = KeyPartitioner.partition(of: key, count: ClusterSetup.partitions)
                var misplaced = cluster.event("misplaced", store: 1)
                misplaced.partition = (home + 1) % Int32(ClusterSetup.partitions)
                try await cluster.produce([
                    WireRecord(topic: topic, key: key, value: Array("no JSON".utf8)),
                    WireRecord(topic: topic, key: nil, value: nil), misplaced,
                ])
                let history = try await cluster.runs.end(ofEvents: 1, within: .seconds(40))
                #expect(history.events.keys.contains { $0.id == "misplaced" })
                let dead = try await cluster.deadLetters()
                #expect(dead.count == 2)
                #expect(
                    dead.allSatisfy {
                        $0.place.topic == topic && $0.stage == .trigger && $0.connector == "loyaltylion"
                    })
                #expect(dead.contains { $0.value == Array("no JSON".utf8) })
            }
        }
    }
}
