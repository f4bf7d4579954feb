import Kafka

/// Something about a topic that is there, and is not as the roles need it.
package struct TopicFault: Hashable, Sendable, CustomStringConvertible {
    package let topic: String
    /// `cleanup.policy is delete, not compact`
    package let what: String
    package let remedy: String
    /// Whether records would be lost, or read in an order of their own: then no worker may begin.
    package let isFatal: Bool

    package var description: String { "\(topic): \(what)" }
}

extension TopicPlan {
    /// What is wrong with topics that are there. What isn't known is not wrong.
    ///
    /// - Parameters:
    ///   - settings: by topic, as the broker tells them.
    ///   - counts: the partitions.
    package func faults(settings: [String: [String: String]], counts: [String: Int]) -> [TopicFault] {
        topics.flatMap { topic -> [TopicFault] in
            var faults: [TopicFault] = []
            if topic.name == registry, let count = counts[topic.name], count != 1 {
                faults.append(
                    TopicFault(
                        topic: topic.name,
                        what: "it has \(count) partitions, and the registry's order needs 1",
                        remedy:
                            "delete it while nothing runs, run sluice topics create, and apply everything again",
                        isFatal: true))
            }
            for (key, isFatal) in [("cleanup.policy", true), ("message.timestamp.type", false)] {
                guard let wanted = topic.configuration[key], let found = settings[topic.name]?[key],
                    found != wanted
                else { continue }
                faults.append(
                    TopicFault(
                        topic: topic.name, what: "\(key) is \(found), not \(wanted)",
                        remedy:
                            "kafka-configs.sh --alter --entity-type topics --entity-name \(topic.name) --add-config "
                            + "\(key)=\(wanted)",
                        isFatal: isFatal))
            }
            return faults
        }
    }
}
