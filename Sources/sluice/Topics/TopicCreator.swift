// Creates topics and learns what became of each.

import Flow
import Kafka
import Pipeline

/// Creates the topics of a plan, a few at a time: brokers take their time over hundreds of partitions.
struct TopicCreator {
    let admin: Admin
    let names: Topics

    private static let batchLimit = 40
    private static let bound = Duration.seconds(60)
    /// What a single question may take: an unreachable cluster is told of after this.
    private static let questionBound = Duration.seconds(8)

    func create(_ plan: TopicPlan) async throws -> TopicReport {
        var counts = try await admin.partitionCounts(within: Self.questionBound)
        var rows: [TopicReport.Row] = []
        let topics = Self.paired(plan.topics, counts, names)
        for start in stride(from: 0, to: topics.count, by: Self.batchLimit) {
            let batch = Array(topics[start..<min(start + Self.batchLimit, topics.count)])
            let missing = batch.filter { counts[$0.name] == nil }
            let results = try await admin.createTopics(missing, within: Self.bound)
            for topic in batch {
                rows.append(
                    TopicReport.Row(topic: topic, outcome: outcome(results[topic.name], counts[topic.name])))
            }
        }
        try await show(rows.filter { $0.outcome == .created }.map(\.topic.name))
        // Somebody else may have created some meanwhile, with other counts.
        if rows.contains(where: { $0.outcome == .existed(partitions: nil) }) {
            counts = try await admin.partitionCounts(within: Self.questionBound)
            for index in rows.indices where rows[index].outcome == .existed(partitions: nil) {
                rows[index].outcome = .existed(partitions: counts[rows[index].topic.name])
            }
        }
        let existing = rows.filter { $0.outcome != .created && !$0.hasFailed }.map(\.topic.name)
        let settings = await settings(of: existing)
        let faults = plan.faults(settings: settings, counts: counts)
        for index in rows.indices where existing.contains(rows[index].topic.name) {
            let name = rows[index].topic.name
            rows[index].areSettingsKnown = settings[name] != nil
            rows[index].faults = faults.filter { $0.topic == name }
        }
        return TopicReport(names, rows: rows)
    }

    /// A connector's actions and waiting topics must have equal counts, so the one that is missing gets the count of the one
    /// that is there.
    static func paired(_ topics: [NewTopic], _ counts: [String: Int], _ names: Topics) -> [NewTopic] {
        topics.map { topic in
            let partner =
                names.connector(ofWaiting: topic.name).map { names.actions($0) }
                ?? names.connector(ofActions: topic.name).map { names.waiting($0) }
            guard counts[topic.name] == nil, let partner, let count = counts[partner] else { return topic }
            return NewTopic(
                name: topic.name, partitions: Int32(clamping: count), replication: topic.replication,
                configuration: topic.configuration)
        }
    }

    /// Waits until the brokers tell of new topics, which can take seconds after they were created: whoever starts a worker
    /// right behind this command wants to find them. Where it takes longer than the bound, they come later.
    private func show(_ names: [String]) async throws {
        let deadline = ContinuousClock.now + Self.bound
        var hidden = Set(names)
        while !hidden.isEmpty, ContinuousClock.now < deadline {
            let counts = try await admin.partitionCounts(within: Self.questionBound)
            hidden = hidden.filter { counts[$0] == nil }
            // Brokers tell nobody of it by themselves.
            if !hidden.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
        }
    }

    /// Of those that the broker tells of: some answer no such question.
    private func settings(of topics: [String]) async -> [String: [String: String]] {
        (try? await admin.settings(of: topics, within: Self.questionBound)) ?? [:]
    }

    private func outcome(_ result: TopicCreation?, _ count: Int?) -> TopicReport.Outcome {
        switch result {
        case .created: .created
        case .existed: .existed(partitions: nil)
        case .failed(let error): .failed(code: error.name, reason: error.reason)
        case nil:
            count.map { .existed(partitions: $0) }
                ?? .failed(code: "", reason: "the broker said nothing of it")
        }
    }
}
