// The topics of an installation, with the settings that the roles rely on.

import Flow
import Kafka

/// Every topic that the connectors need. For `topics create`, for `dev` and for tests; it asks no broker.
package struct TopicPlan: Hashable, Sendable {
    /// The registry, runs and dead first, then those of each connector in the catalogue's order.
    package let topics: [NewTopic]
    /// The registry's, the only one whose partitions are not the user's to choose.
    let registry: String

    /// - Parameters:
    ///   - connectors: ids; nil = all of the catalogue. Unknown ones are left out.
    ///   - partitions: of every topic but the registry, whose order needs a single one. A connector's actions and
    ///     waiting topics always have equal counts.
    ///   - replication: nil = the cluster's own default.
    package init(
        _ names: Topics, catalogue: Catalogue, connectors: Set<String>? = nil, partitions: Int32 = 12,
        replication: Int16? = 3
    ) {
        let safety = Self.safety(replication)
        func topic(_ name: String, partitions count: Int32, _ settings: [String: String]) -> NewTopic {
            NewTopic(
                name: name, partitions: count, replication: replication,
                configuration: settings.merging(safety) { own, _ in own })
        }
        var topics = [
            topic(names.registry, partitions: 1, Self.compacted),
            topic(names.runs, partitions: partitions, Self.history),
            topic(names.dead, partitions: partitions, Self.history.merging(Self.letters) { own, _ in own }),
        ]
        for connector in catalogue.connectors where connectors?.contains(connector.id) ?? true {
            if !connector.triggers.isEmpty {
                topics.append(topic(names.triggers(connector.id), partitions: partitions, Self.events))
            }
            if !connector.actions.isEmpty {
                topics.append(topic(names.actions(connector.id), partitions: partitions, Self.work))
                topics.append(topic(names.waiting(connector.id), partitions: partitions, Self.waiting))
            }
        }
        self.topics = topics
        registry = names.registry
    }

    init(topics: [NewTopic], registry: String) {
        self.topics = topics
        self.registry = registry
    }

    /// Two replicas must acknowledge where there are three.
    static func safety(_ replication: Int16?) -> [String: String] {
        (replication ?? 0) >= 3 ? ["min.insync.replicas": "2"] : [:]
    }

    private static let day = 86_400_000
    /// A dead letter holds its original, which may be as large as a topic takes by default, and says more.
    private static let letters = ["max.message.bytes": "\(2 << 20)"]
    private static let compacted = ["cleanup.policy": "compact"]
    private static let work = ["cleanup.policy": "delete", "retention.ms": "\(7 * day)"]
    /// What a cancellation goes by is the brokers' time, not that of whoever published.
    private static let events = work.merging(["message.timestamp.type": "LogAppendTime"]) { own, _ in own }
    private static let history = [
        "cleanup.policy": "delete", "retention.ms": "\(30 * day)", "message.timestamp.type": "LogAppendTime",
    ]
    /// Its delays count from the broker's time of appending. It is read from the start at every assignment, and most
    /// of it is tombstones soon, so it is compacted early and in small pieces.
    private static let waiting = [
        "cleanup.policy": "compact", "message.timestamp.type": "LogAppendTime", "segment.bytes": "67108864",
        "segment.ms": "600000", "min.cleanable.dirty.ratio": "0.1", "delete.retention.ms": "3600000",
    ]
}
