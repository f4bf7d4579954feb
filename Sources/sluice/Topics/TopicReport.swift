// What became of the topics of a plan.

import Flow
import Kafka
import Liquid
import Pipeline

/// One row per topic, with what to say about them.
struct TopicReport: Hashable, Sendable {
    enum Outcome: Hashable, Sendable {
        case planned
        case created
        /// Nil = not known.
        case existed(partitions: Int?)
        case failed(code: String, reason: String)
    }

    struct Row: Hashable, Sendable {
        let topic: NewTopic
        var outcome: Outcome
        /// Of a topic that existed.
        var areSettingsKnown = true
        var faults: [TopicFault] = []
    }

    let names: Topics
    let rows: [Row]
    /// Whether nothing was to be made.
    private let isPreview: Bool

    init(_ names: Topics, rows: [Row], isPreview: Bool = false) {
        self.names = names
        self.rows = rows
        self.isPreview = isPreview
    }

    /// Where nobody was asked what there is.
    init(_ names: Topics, planned plan: TopicPlan) {
        self.init(
            names, rows: plan.topics.map { Row(topic: $0, outcome: .planned) }, isPreview: true)
    }

    func print(_ printer: Printer) throws {
        try printer.print(json: json, text: "\(table.text(width: Terminal.width))\n\n\(summary)")
    }

    /// Connectors whose actions and waiting topics have unequal counts can't be worked on.
    func throwIfAnyFailed() throws(CommandError) {
        let failed = rows.filter(\.hasFailed)
        guard failed.isEmpty else {
            throw .failed(
                "\(failed.count) of \(rows.count.counted("topic")) were not created", do: remedy,
                details: Array(Set(failed.compactMap(\.reason))).sorted())
        }
        let faults = rows.flatMap(\.faults)
        if let first = faults.first {
            throw .failed(
                faults.count == 1
                    ? "a topic is not as Sluice needs it" : "topics are not as Sluice needs them",
                do: first.remedy, details: faults.map(\.description))
        }
        let unequal = unequalPairs
        guard unequal.isEmpty else {
            throw .failed(
                "topics that belong together have unequal partition counts",
                do:
                    "delete the smaller one of each pair while nothing runs, and create it again with --partitions",
                details: unequal)
        }
    }

    private var remedy: String {
        if rows.contains(where: { $0.code == "INVALID_REPLICATION_FACTOR" }) {
            return
                "the cluster has fewer brokers than --replication asks for; give --replication 1 for a single broker"
        }
        if rows.contains(where: {
            $0.code == "TOPIC_AUTHORIZATION_FAILED" || $0.code == "CLUSTER_AUTHORIZATION_FAILED"
        }) {
            return "give this user the right to create topics, or have somebody create those of --dry-run"
        }
        return "see the reason, and run it again: what exists is left as it is"
    }

    private var unequalPairs: [String] {
        var counts: [String: Int] = [:]
        for row in rows {
            if case .existed(let count?) = row.outcome { counts[row.topic.name] = count }
            if case .created = row.outcome { counts[row.topic.name] = Int(row.topic.partitions) }
        }
        return counts.keys.sorted().compactMap { name in
            guard let connector = names.connector(ofActions: name), let actions = counts[name],
                let waiting = counts[names.waiting(connector)], actions != waiting
            else { return nil }
            return "\(name) has \(actions), \(names.waiting(connector)) \(waiting)"
        }
    }

    var table: TextTable {
        TextTable(
            ["TOPIC", "PARTITIONS", "REPLICATION", "OUTCOME"],
            rows: rows.map { row in
                [row.topic.name, row.partitionsText, row.replicationText, row.text]
            })
    }

    var summary: String {
        let unknown = rows.count { !$0.areSettingsKnown }
        let tail = unknown > 0 ? "; the settings of \(unknown) that existed are unknown" : ""
        guard isPreview else { return "\(created) created, \(existed) existed, \(failed) failed\(tail)" }
        let planned = rows.filter { $0.outcome == .planned }
        let partitions = planned.reduce(0) { $0 + Int($1.topic.partitions) }
        let head =
            planned.isEmpty
            ? "nothing would be created"
            : "\(planned.count.counted("topic")) with \(partitions.counted("partition")) would be created"
        return existed > 0 ? "\(head), \(existed) existed\(tail)" : head
    }

    private var created: Int { rows.count { $0.outcome == .created } }
    private var failed: Int { rows.count(where: \.hasFailed) }
    private var existed: Int { rows.count(where: \.hasExisted) }

    var json: JSON {
        [
            "topics": .array(rows.map(\.json)), "created": .integer(Int64(created)),
            "existed": .integer(Int64(existed)),
            "failed": .integer(Int64(failed)),
        ]
    }
}

extension TopicReport.Row {
    var hasFailed: Bool { code != nil }

    var hasExisted: Bool {
        if case .existed = outcome { true } else { false }
    }

    fileprivate var code: String? {
        if case .failed(let code, _) = outcome { code } else { nil }
    }

    var reason: String? {
        guard case .failed(let code, let reason) = outcome else { return nil }
        return code.isEmpty || reason.isEmpty ? code + reason : "\(code): \(reason)"
    }

    /// Those that it has; of one that existed, those that were found.
    fileprivate var partitionsText: String {
        if case .existed(let count) = outcome { count.map { "\($0)" } ?? "" } else { "\(topic.partitions)" }
    }

    /// Of a topic that existed it isn't known.
    fileprivate var replicationText: String {
        if case .existed = outcome { "" } else { topic.replication.map { "\($0)" } ?? "default" }
    }

    fileprivate var text: String {
        switch outcome {
        case .planned: "planned"
        case .created: "created"
        case .existed(let count?) where count != Int(topic.partitions):
            "existed with \(count.counted("partition")), not \(topic.partitions)"
        case .existed where !faults.isEmpty: "existed, but \(faults.map(\.what).joined(separator: ", "))"
        case .existed: "existed"
        case .failed: "failed: \(reason ?? "")"
        }
    }

    fileprivate var json: JSON {
        let (word, found): (String, Int?) =
            switch outcome {
            case .planned: ("planned", nil)
            case .created: ("created", nil)
            case .existed(let count): ("existed", count)
            case .failed: ("failed", nil)
            }
        return .compact([
            "name": .string(topic.name), "partitions": .integer(Int64(topic.partitions)),
            "replication": word == "existed" ? nil : topic.replication.map { .integer(Int64($0)) },
            "outcome": .string(word),
            "partitions_found": found.map { .integer(Int64($0)) }, "reason": reason.map { .string($0) },
            "settings": .object(topic.configuration.mapValues { .string($0) }),
            "settings_known": word == "existed" ? .bool(areSettingsKnown) : nil,
            "faults": faults.isEmpty ? nil : .array(faults.map { .string($0.what) }),
        ])
    }
}
