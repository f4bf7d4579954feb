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
    /// Why the settings of topics that existed are not known.
    private let obstacle: String?
    /// What new topics took from those that existed: `6 partitions`, `replication 1`.
    private(set) var taken: [String] = []

    init(_ names: Topics, rows: [Row], isPreview: Bool = false, obstacle: String? = nil) {
        self.names = names
        self.rows = rows
        self.isPreview = isPreview
        self.obstacle = obstacle
    }

    /// Where nobody was asked what there is.
    init(_ names: Topics, planned plan: TopicPlan) {
        self.init(
            names, rows: plan.topics.map { Row(topic: $0, outcome: .planned) }, isPreview: true)
    }

    /// Notes what topics that aren't there get in place of what the plan had for them.
    mutating func differs(from plan: TopicPlan) {
        let planned = Dictionary(plan.topics.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let new = rows.filter { !$0.hasExisted }.map(\.topic)
        let partitions = new.filter { topic in
            planned[topic.name].map { $0.partitions != topic.partitions } ?? false
        }
        let replicas = new.filter { topic in
            planned[topic.name].map { $0.replication != topic.replication } ?? false
        }
        taken =
            Set(partitions.map(\.partitions)).sorted().map { Int($0).counted("partition") }
            + Set(replicas.compactMap(\.replication)).sorted().map { "replication \($0)" }
    }

    func print(_ printer: Printer) throws {
        let head = table.rows.isEmpty ? "" : "\(table.text(width: Terminal.width))\n\n"
        try printer.print(json: json, text: head + summary)
    }

    /// Connectors whose actions and waiting topics have unequal counts can't be worked on.
    func throwIfAnyFailed() throws(CommandError) {
        let failed = rows.filter(\.hasFailed)
        let faults = rows.flatMap(\.faults)
        let faultDetails = Self.counted(faults.map { ($0.topic, $0.what) }) { "\($0): \($1)" }
        guard failed.isEmpty else {
            throw .failed(
                "\(failed.count) of \(rows.count.counted("topic")) were not created", do: remedy,
                details: Self.counted(failed.map { ($0.topic.name, $0.reason ?? "") }) { _, reason in reason }
                    + faultDetails)
        }
        if let first = faults.first {
            throw .failed(
                faults.count == 1
                    ? "a topic is not as Sluice needs it" : "topics are not as Sluice needs them",
                do: faults.count == 1 ? first.remedy : "\(first.remedy); and so for each of the others",
                details: faultDetails)
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

    /// A line for each reason: of one topic as `line` has it, of several said once with how many.
    private static func counted(
        _ topics: [(name: String, reason: String)], _ line: (String, String) -> String
    ) -> [String] {
        Dictionary(grouping: topics, by: \.reason).sorted {
            ($1.value.count, $0.key) < ($0.value.count, $1.key)
        }.map { reason, topics in
            topics.count == 1
                ? line(topics[0].name, reason)
                : "\(reason) (\(topics.count) topics: \(MissingTopics(names: topics.map(\.name)).list))"
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

    /// Of what was made, would be, failed, or is faulty. What many share is said behind it, once.
    var table: TextTable {
        let (shared, unlike) = (shared, Set(unlike.flatMap(\.names)))
        return TextTable(
            ["TOPIC", "PARTITIONS", "REPLICATION", "OUTCOME"],
            rows: rows.filter { !$0.isAsItShould && !unlike.contains($0.topic.name) }.map { row in
                let short = row.hasFailed ? "failed" : "faulty"
                let text = shared.contains(row.text) ? short : row.text
                return [row.topic.name, row.partitionsText, row.replicationText, text]
            })
    }

    /// What several failed or faulty topics have in common.
    private var shared: Set<String> {
        let texts = rows.filter { $0.hasFailed || !$0.faults.isEmpty }.map(\.text)
        return Set(Dictionary(grouping: texts, by: { $0 }).filter { $0.value.count > 1 }.keys)
    }

    /// Topics of which several were there with other partitions than were asked for, which is no fault.
    private var unlike: [(text: String, names: [String])] {
        let others = rows.filter { $0.hasExisted && !$0.isAsItShould && $0.faults.isEmpty }
        return Dictionary(grouping: others, by: \.text).filter { $0.value.count > 1 }
            .sorted { $0.key < $1.key }.map { ($0, $1.map(\.topic.name)) }
    }

    var summary: String {
        let unlike = unlike.map { "\($1.count) \($0): \(MissingTopics(names: $1).list)" }
        return ([counts] + existing + unlike + alike + unknown).joined(separator: "\n")
    }

    private var counts: String {
        guard isPreview else {
            let faulty = rows.count { !$0.faults.isEmpty }
            return "\(created) created, \(failed) failed" + (faulty > 0 ? ", \(faulty) faulty" : "")
        }
        let planned = rows.filter { $0.outcome == .planned }
        let partitions = planned.reduce(0) { $0 + Int($1.topic.partitions) }
        return planned.isEmpty
            ? "nothing would be created"
            : "\(planned.count.counted("topic")) with \(partitions.counted("partition")) would be created"
    }

    private var existing: [String] {
        let count = rows.count(where: \.isAsItShould)
        return count == 0 ? [] : ["\(count) \(count == 1 ? "exists as it should" : "exist as they should")"]
    }

    private var alike: [String] {
        taken.isEmpty
            ? []
            : ["new topics are like those of their kind that exist: \(taken.joined(separator: ", "))"]
    }

    private var unknown: [String] {
        let count = rows.count { !$0.areSettingsKnown }
        guard count > 0 else { return [] }
        let why = obstacle ?? "the broker told nothing of them; it takes the right to describe configs"
        return ["settings unknown of \(count.counted("topic")) that existed: \(why)"]
    }

    private var created: Int { rows.count { $0.outcome == .created } }
    private var failed: Int { rows.count(where: \.hasFailed) }
    private var existed: Int { rows.count(where: \.hasExisted) }

    var json: JSON {
        .compact([
            "topics": .array(rows.map(\.json)), "created": .integer(Int64(created)),
            "existed": .integer(Int64(existed)), "failed": .integer(Int64(failed)),
            "as_existing": taken.isEmpty ? JSON?.none : .array(taken.map { .string($0) }),
            "settings_unknown": obstacle.map { .string($0) },
        ])
    }
}

extension TopicReport.Row {
    var hasFailed: Bool { code != nil }

    var hasExisted: Bool {
        if case .existed = outcome { true } else { false }
    }

    /// Whether there is nothing to say of it: it was there, with the partitions that it should have, and no fault is known.
    var isAsItShould: Bool {
        guard case .existed(let count) = outcome else { return false }
        return faults.isEmpty && (count ?? Int(topic.partitions)) == Int(topic.partitions)
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
