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
        do {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try Self.make(new, on: cluster) })
                }
            }
        } catch {
            made.withLock { $0.subtract(new.map(\.name)) }
            throw error
        }
    }

    /// Each topic takes some 40 ms, nearly all of it waiting, and blocks its thread.
    private static func make(_ topics: [NewTopic], on cluster: MockCluster) throws {
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: topics.count) { index in
            do {
                try cluster.createTopic(topics[index].name, partitions: Int(topics[index].partitions))
            } catch {
                failure.withLock { $0 = error }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
