import Flow
import Kafka

extension TopicPlan {
    /// The same plan, with what nobody chose as the topics have it that are there.
    ///
    /// A missing topic is made like most of its kind (triggers; actions and waiting; runs and dead), or like most of all
    /// where there is none of its kind. The registry keeps its single partition.
    ///
    /// - Parameters:
    ///   - shapes: of topics that are there; those that aren't this installation's don't count.
    ///   - choosesPartitions: whether they are as somebody said, and stay. So with the replication.
    package func fitted(
        to shapes: [String: TopicShape], _ names: Topics, choosesPartitions: Bool, choosesReplication: Bool
    ) -> TopicPlan {
        let own = shapes.filter { Kind($0.key, names) != nil }
        guard !own.isEmpty else { return self }
        let byKind = Dictionary(grouping: own, by: { Kind($0.key, names) })
        func most<Value: Comparable & Hashable>(_ kind: Kind?, _ value: KeyPath<TopicShape, Value>) -> Value?
        {
            let same = byKind[kind] ?? []
            let others = own.filter { Kind($0.key, names) != .registry }
            let alike = same.isEmpty ? (others.isEmpty ? Array(own) : Array(others)) : same
            let counts = Dictionary(grouping: alike.map { $0.value[keyPath: value] }, by: { $0 })
            return counts.max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }?.key
        }
        let topics = topics.map { topic -> NewTopic in
            var topic = topic
            let kind = Kind(topic.name, names)
            let isThere = own[topic.name] != nil
            if !choosesPartitions, topic.name != registry {
                // With a registry alone there is nothing to go by.
                let found =
                    own[topic.name]?.partitions
                    ?? (own.keys.contains { $0 != registry } ? most(kind, \.partitions) : nil)
                topic.partitions = found.map { Int32(clamping: $0) } ?? topic.partitions
            }
            if !choosesReplication, !isThere, let found = most(kind, \.replication), found > 0 {
                topic.replication = Int16(clamping: found)
                topic.configuration["min.insync.replicas"] =
                    Self.safety(topic.replication)["min.insync.replicas"]
            }
            return topic
        }
        return TopicPlan(topics: topics, registry: registry)
    }

    private enum Kind: Hashable {
        case registry, triggers, work, history

        init?(_ topic: String, _ names: Topics) {
            if topic == names.registry {
                self = .registry
            } else if topic == names.runs || topic == names.dead {
                self = .history
            } else if names.connector(ofTriggers: topic) != nil {
                self = .triggers
            } else if names.connector(ofActions: topic) != nil || names.connector(ofWaiting: topic) != nil {
                self = .work
            } else {
                return nil
            }
        }
    }
}
