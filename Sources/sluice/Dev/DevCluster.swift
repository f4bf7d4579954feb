import Dispatch
import Flow
import Kafka
import Pipeline
import Synchronization

/// The broker of `sluice dev`, in this process: everything is gone when it ends.
final class DevCluster: Sendable {
    /// Few, since the topics of all connectors are made and each partition takes memory.
    static let partitions: Int32 = 2

    let cluster: MockCluster
    /// By name; one that is being made is among them.
    private let made = Mutex<Set<String>>([])

    init(_ topics: Topics, _ catalogue: Catalogue) async throws {
        cluster = try MockCluster()
        try await create(topics, for: catalogue)
    }

    /// Makes the topics of connectors, beside those that are there.
    func create(_ topics: Topics, for catalogue: Catalogue) async throws {
        let plan = TopicPlan(topics, catalogue: catalogue, partitions: Self.partitions, replication: 1)
        let new = made.withLock { made in plan.topics.filter { made.insert($0.name).inserted } }
        guard !new.isEmpty else { return }
        let cluster = cluster
        let failures = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Self.make(new, on: cluster)) }
        }
        // These may be tried again.
        made.withLock { $0.subtract(failures.keys) }
        if let error = failures.values.first { throw error }
    }

    /// Each topic takes some 40 ms, nearly all of it waiting, and blocks its thread.
    private static func make(_ topics: [NewTopic], on cluster: MockCluster) -> [String: any Error] {
        let failures = Mutex<[String: any Error]>([:])
        DispatchQueue.concurrentPerform(iterations: topics.count) { index in
            do {
                try cluster.createTopic(topics[index].name, partitions: Int(topics[index].partitions))
            } catch {
                failures.withLock { $0[topics[index].name] = error }
            }
        }
        return failures.withLock { $0 }
    }
}
