// A client's properties, checked and in the form that librdkafka takes.

import CRdKafka

/// The properties of one client: this module's defaults, overridden by the user's, overridden by what this
/// module's promises rest on.
struct ClientSettings {
    /// Left out silently where the library was built without the feature.
    var wishes: [(name: String, value: String)] = []
    /// May be overridden by the user's properties.
    var defaults: [(name: String, value: String)] = []
    /// May not: a user's property of that name is refused.
    var fixed: [(name: String, value: String)] = []

    /// Names that no client lets the user set: they have fields of their own or would break the wrapper.
    private static let reserved: Set<String> = [
        "bootstrap.servers", "metadata.broker.list", "client.id", "statistics.interval.ms", "log.queue",
        "log_level",
        "enable.idempotence", "transactional.id", "transaction.timeout.ms", "group.id", "group.instance.id",
        "enable.auto.commit", "enable.auto.offset.store", "isolation.level", "auto.offset.reset",
        "enable.partition.eof", "session.timeout.ms", "partitioner", "acks", "request.required.acks",
        "queued.max.messages.kbytes", "queued.min.messages", "test.mock.num.brokers",
    ]

    /// A configuration object that the caller owns.
    ///
    /// - Throws: `KafkaError` of kind `invalidConfiguration` that names the property.
    func makeConfiguration(for kafka: KafkaConfiguration) throws(KafkaError) -> ConfigurationHandle {
        try check(kafka)
        let handle = ConfigurationHandle()
        for (name, value) in wishes where kafka.properties[name] == nil {
            // The library may lack the feature; the user didn't ask for it, so nobody is told.
            try? handle.set(name, value)
        }
        for (name, value) in defaults where kafka.properties[name] == nil { try handle.set(name, value) }
        for (name, value) in kafka.properties.sorted(by: { $0.key < $1.key }) { try handle.set(name, value) }
        for (name, value) in fixed { try handle.set(name, value) }
        try handle.set("bootstrap.servers", kafka.bootstrapServers)
        try handle.set("client.id", kafka.clientID)
        if let interval = kafka.statisticsInterval {
            try handle.set("statistics.interval.ms", "\(interval.wholeMilliseconds)")
        }
        return handle
    }

    private func check(_ kafka: KafkaConfiguration) throws(KafkaError) {
        let what = "configuration of the Kafka client \(kafka.clientID)"
        if kafka.bootstrapServers.isEmpty {
            throw .invalid(what, "no bootstrap servers are given; name at least one as host:port")
        }
        let own = Set(fixed.map(\.name)).union(Self.reserved)
        for name in kafka.properties.keys.sorted() where own.contains(name) {
            throw .invalid(
                what,
                "the property \(name) can't be set: Sluice sets it itself; remove it from the properties"
            )
        }
    }
}
