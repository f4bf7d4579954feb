// A store's flood, and what another store notices of it.

import Flow
import Foundation
import Kafka
import Liquid
import MockVendor
import Pipeline
import Synchronization
import Testing

extension RolesOnBrokers {
    /// Two senders whose app takes so many requests a second, one store that wants twice as many, and another with a few.
    ///
    /// FLOOD_EVENTS says how many make the flood: `make flood` takes 100,000.
    @Suite struct Floods {
        /// Two senders, each with 8 requests at once to one endpoint, of 60 ms each.
        private static let capacity = 266
        private static let quietRate = 20
        private static let count =
            ProcessInfo.processInfo.environment["FLOOD_EVENTS"].flatMap { Int($0) } ?? 10_000
        private static let quietStore = TestManifest.store(1)
        private static let floodStore = TestManifest.store(2)

        private static var setup: ClusterSetup {
            var setup = ClusterSetup(script: "default: [{ slow_ms: 60 }]", stores: 2)
            setup.environment = ["SLUICE_SENDER_CONCURRENCY": "16", "SLUICE_LOG_LEVEL": "warning"]
            return setup
        }

        private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

        @Test(.timeLimit(.minutes(12)))
        func `a flood at twice the capacity of two senders leaves a quiet store its latency`() async throws {
            try await Cluster.run(Self.setup) { cluster in
                _ = try await cluster.start(matchers: 0, senders: 2)
                let load = try SteadyLoad(cluster)
                // Both senders have partitions, connections and buffers.
                try await load.send(store: Self.quietStore, 100, rate: 100)
                try await load.waitForArrival(of: Self.quietStore, within: .seconds(60))
                load.forget()
                try await load.send(store: Self.quietStore, 15 * Self.quietRate, rate: Self.quietRate)
                try await load.waitForArrival(of: Self.quietStore, within: .seconds(30))
                let quiet = load.latencies(of: Self.quietStore)
                load.forget()
                let seconds = Self.count / (2 * Self.capacity)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await load.send(store: Self.floodStore, Self.count, rate: 2 * Self.capacity)
                    }
                    group.addTask {
                        try await load.send(
                            store: Self.quietStore, seconds * Self.quietRate, rate: Self.quietRate)
                    }
                    try await group.waitForAll()
                }
                let during = Self.now
                let served = load.arrived(of: Self.floodStore)
                try await load.waitForArrival(of: Self.quietStore, within: .seconds(60))
                let flooded = load.latencies(of: Self.quietStore)
                await load.close()
                let bound = max(2 * quiet.at(99), 250)
                print(
                    """
                    flood: \(Self.count) runs at \(2 * Self.capacity)/s beside \(Self.quietRate)/s for \(seconds) s; \
                    \(served) of the flood had been sent when its last was written, \(Self.now - during) ms before the \
                    last of the quiet store
                      quiet    \(quiet)
                      flooded  \(flooded), at most \(bound) at p99
                    """)
                #expect(served < Self.count * 3 / 4, "it was no flood")
                #expect(flooded.at(99) <= bound)
            }
        }
    }
}

/// Action runs straight into the actions topic, at a rate, and when each one's request arrived.
private final class SteadyLoad: Sendable {
    private let cluster: Cluster
    private let producer: Producer
    /// When each run was written, in ms since 1970, by its store.
    private let sent = Mutex<[String: [String: Int64]]>([:])
    private let nextNumber = Atomic<UInt64>(1)

    init(_ cluster: Cluster) throws {
        self.cluster = cluster
        producer = try Producer(cluster.kafka, logger: cluster.logger)
    }

    func close() async { await producer.close(within: .seconds(5)) }

    /// Sends so many runs, each with a key of its own, evenly over the time that they take.
    func send(store: String, _ count: Int, rate: Int) async throws {
        let start = ContinuousClock.now
        let batch = max(1, rate / 50)
        for first in stride(from: 0, to: count, by: batch) {
            // The rate itself.
            try await Task.sleep(until: start + .seconds(1) * first / rate)
            let runs = (first..<min(first + batch, count)).map { _ in run(of: store) }
            let time = Int64(Date().timeIntervalSince1970 * 1000)
            sent.withLock { sent in
                for run in runs { sent[store, default: [:]][run.id.description] = time }
            }
            _ = try await producer.send(runs.map { $0.record(cluster.topics).producerRecord })
        }
    }

    private func run(of store: String) -> ActionRun {
        let number = nextNumber.add(1, ordering: .relaxed).oldValue
        let event = EventIdentity(
            source: "loyaltylion", store: store, id: "e\(number)",
            trigger: TriggerReference(connector: "loyaltylion", handle: "moved-up-tier"))
        return ActionRun(
            id: RunID(high: 0x8000_0000_0000_8000, low: 0x8000_0000_0000_0000 | number),
            workflowRun: WorkflowRun(
                id: RunID(high: 0x8001_0000_0000_8000, low: 0x8000_0000_0000_0000 | number), workflow: "up",
                version: 1, store: store, event: event),
            action: ActionReference(connector: "slack", handle: "send-message"), stepID: "message",
            stepPath: "0", properties: ["channel": "c", "text": "up"], slip: .end, orderingKey: "k\(number)")
    }

    func forget() { sent.withLock { $0 = [:] } }

    private func arrivals(of store: String) -> [(run: String, time: Int64)] {
        cluster.vendor.log.entries().filter { $0.store == store && $0.attempt == 1 }.map {
            ($0.runID, $0.time)
        }
    }

    func arrived(of store: String) -> Int { arrivals(of: store).count }

    func waitForArrival(of store: String, within limit: Duration) async throws {
        let wanted = sent.withLock { Set(($0[store] ?? [:]).keys) }
        let deadline = ContinuousClock.now + limit
        while !wanted.isSubset(of: Set(arrivals(of: store).map(\.run))) {
            try #require(ContinuousClock.now < deadline, "runs of \(store) did not arrive within \(limit)")
            // Seldom, since each look goes through the whole log.
            let seen = cluster.vendor.log.stats.requests
            try? await cluster.vendor.log.wait(within: .milliseconds(500)) { $0.requests > seen + 100 }
        }
    }

    func latencies(of store: String) -> Latencies {
        let times = sent.withLock { $0[store] ?? [:] }
        return Latencies(arrivals(of: store).compactMap { run, time in times[run].map { time - $0 } })
    }
}

/// Milliseconds, in order.
private struct Latencies: CustomStringConvertible {
    private let sorted: [Int64]

    init(_ times: [Int64]) { sorted = times.sorted() }

    func at(_ percent: Int) -> Int64 {
        sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)]
    }

    var description: String {
        "p50 \(at(50)) ms, p99 \(at(99)) ms, longest \(at(100)) ms, of \(sorted.count)"
    }
}
