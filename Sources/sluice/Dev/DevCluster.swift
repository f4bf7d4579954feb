import Dispatch
import Flow
import Kafka
import Pipeline
import Synchronization

/// The broker of `sluice dev`, in this process: everything is gone when it ends.
struct DevCluster {
    /// Few, since the topics of all connectors are made and each partition takes memory.
    static let partitions: Int32 = 2

    let cluster: MockCluster

    init(_ topics: Topics, _ catalogue: Catalogue) async throws {
        cluster = try MockCluster()
        try await create(
            TopicPlan(topics, catalogue: catalogue, partitions: Self.partitions, replication: 1).topics)
    }

    /// The topics of users' connectors, beside those that are there.
    func create(_ topics: Topics, for own: [ConnectorDefinition]) async throws {
        let common = [topics.registry, topics.runs, topics.dead]
        let plan = TopicPlan(
            topics, catalogue: Catalogue(own), partitions: Self.partitions, replication: 1)
        try await create(plan.topics.filter { !common.contains($0.name) })
    }

    private func create(_ topics: [NewTopic]) async throws {
        let cluster = cluster
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Self.make(topics, on: cluster) })
            }
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
