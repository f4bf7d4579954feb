// A topic to be created.

/// The description of a topic that shall exist.
package struct NewTopic: Hashable, Sendable {
    package var name: String
    package var partitions: Int32
    /// How many brokers hold each partition; `nil` leaves it to the cluster's default.
    package var replication: Int16?
    /// The topic's own settings, as `cleanup.policy` or `retention.ms`.
    package var configuration: [String: String]

    package init(
        name: String, partitions: Int32, replication: Int16? = nil, configuration: [String: String] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.configuration = configuration
    }
}
