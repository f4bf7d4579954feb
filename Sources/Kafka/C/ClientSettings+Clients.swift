// The properties of each kind of client, each with its reason.

extension ClientSettings {
    /// Shared by all producers. The key decides the partition as in Java's clients (librdkafka's own default
    /// differs); idempotence brings acks=all, order and no repeats.
    static func producer() -> ClientSettings {
        ClientSettings(
            wishes: [("compression.codec", "lz4")],
            defaults: [
                ("linger.ms", "5"),
                // A topic that doesn't exist is an error to be told, not one to be created by a typing
                // mistake.
                ("allow.auto.create.topics", "false"),
                // How long a topic may stay unknown before its records fail; librdkafka's 30 s hide mistakes.
                ("topic.metadata.propagation.max.ms", "10000"),
            ],
            fixed: [("enable.idempotence", "true"), ("acks", "all"), ("partitioner", "murmur2_random")])
    }

    /// The broker ends a transaction that takes longer; it also bounds how long a dead producer can hold back
    /// readers of committed records.
    static func transactionalProducer(id: String, timeout: Duration) -> ClientSettings {
        var settings = producer()
        settings.fixed += [
            ("transactional.id", id), ("transaction.timeout.ms", "\(timeout.wholeMilliseconds)"),
        ]
        // librdkafka demands that no record outlives its transaction.
        settings.defaults.append(("message.timeout.ms", "\(timeout.wholeMilliseconds)"))
        return settings
    }

    static func admin() -> ClientSettings {
        ClientSettings()
    }

    /// Offsets are stored and committed by the caller alone.
    static func consumer(_ configuration: ConsumerConfiguration) -> ClientSettings {
        var settings = ClientSettings(
            defaults: [
                ("allow.auto.create.topics", "false"),
                // Stores one assignor's name; the cooperative ones are refused below.
                ("partition.assignment.strategy", "range"),
            ],
            fixed: [
                ("enable.auto.commit", "false"),
                ("enable.auto.offset.store", "false"),
                // librdkafka's consumer wants a group even where none is used; nothing is ever committed to
                // this one.
                ("group.id", configuration.groupID ?? "\(configuration.kafka.clientID)-reader"),
                ("session.timeout.ms", "\(configuration.sessionTimeout.wholeMilliseconds)"),
                ("isolation.level", configuration.isolation.rawValue),
                ("auto.offset.reset", configuration.offsetReset.rawValue),
                ("enable.partition.eof", configuration.partitionEnds ? "true" : "false"),
                ("queued.max.messages.kbytes", "\(max(1, configuration.maxPrefetchedBytes / 1024))"),
                ("queued.min.messages", "\(max(1, configuration.minPrefetchedRecords))"),
                ("fetch.wait.max.ms", "\(configuration.fetchWaitMax.wholeMilliseconds)"),
            ])
        if let id = configuration.groupInstanceID { settings.fixed.append(("group.instance.id", id)) }
        return settings
    }
}
