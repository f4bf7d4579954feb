// Creates topics and learns what became of each.

import Flow
import Kafka
import Logging
import Pipeline

/// Creates the topics of a plan, a few at a time: brokers take their time over hundreds of partitions.
struct TopicCreator {
    let admin: Admin
    let names: Topics
    /// For the error of a cluster that takes no such requests.
    let servers: String
    let logger: Logger

    private static let batchLimit = 40
    private static let bound = Duration.seconds(60)
    /// What a single question may take: an unreachable cluster is told of after this.
    private static let questionBound = Duration.seconds(8)

    /// What there is to go by where nobody says how topics are to be.
    func existing() async throws -> [String: TopicShape] {
        try await admin.shapes(within: Self.questionBound)
    }

    func create(_ plan: TopicPlan) async throws -> TopicReport {
        var counts = try await admin.partitionCounts(within: Self.questionBound)
        var rows: [TopicReport.Row] = []
        let topics = Self.paired(plan.topics, counts, names)
        try await checkController(topics.map(\.name).filter { counts[$0] == nil })
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
        return try await checked(rows, plan, counts)
    }

    /// What `create` would do: the topics that are there are looked at in the same way, and nothing is made.
    func preview(_ plan: TopicPlan) async throws -> TopicReport {
        let counts = try await admin.partitionCounts(within: Self.questionBound)
        let rows = Self.paired(plan.topics, counts, names).map { topic in
            TopicReport.Row(
                topic: topic,
                outcome: counts[topic.name].map { .existed(partitions: $0) } ?? .planned)
        }
        return try await checked(rows, plan, counts, isPreview: true)
    }

    /// The rows with what is wrong with topics that were there before.
    private func checked(
        _ rows: [TopicReport.Row], _ plan: TopicPlan, _ counts: [String: Int], isPreview: Bool = false
    ) async throws -> TopicReport {
        let existing = Set(rows.filter(\.hasExisted).map(\.topic.name))
        // Of those that the broker tells of: some answer no such question.
        let (settings, obstacle) =
            existing.isEmpty
            ? ([:], nil) : await TopicQuery.toldSettings(of: existing.sorted(), admin, logger)
        let faults = plan.faults(settings: settings, counts: counts.filter { existing.contains($0.key) })
        let checked = rows.map { row in
            guard existing.contains(row.topic.name) else { return row }
            var row = row
            row.areSettingsKnown = settings[row.topic.name] != nil
            row.faults = faults.filter { $0.topic == row.topic.name }
            return row
        }
        return TopicReport(names, rows: checked, isPreview: isPreview, obstacle: obstacle)
    }

    /// - Throws: a failure, where topics are missing and nobody would take the request to make them.
    private func checkController(_ missing: [String]) async throws {
        guard !missing.isEmpty, try await !admin.hasController() else { return }
        throw CommandError.failed(
            "the brokers take no administrative requests, so that no topics can be created there",
            at: servers,
            do:
                "nothing, if it is the broker of `sluice dev`: it makes the topics of what is applied; otherwise check "
                + "that the cluster has a controller, or name another with --bootstrap-servers",
            details: ["missing: \(MissingTopics(names: missing).list)"])
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
