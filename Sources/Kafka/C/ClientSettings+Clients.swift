// The properties of each kind of client, each with its reason.

extension ClientSettings {
    /// Shared by all clients. Calls that wait for a broker wait at most this long for one answer; librdkafka's minute
    /// would outlast every bound of a shutdown. And a connection that was cut some times is made again within a second, as
    /// Java's clients do: librdkafka's 10 s are longer than a transaction may take, so that a short cut would end it.
    private static let shared = [("socket.timeout.ms", "10000"), ("reconnect.backoff.max.ms", "1000")]

    /// The largest record that a producer hands over. Brokers have limits of their own, 1,048,588 bytes a topic by
    /// default; a dead letter is as large as its original and says more, and its topic allows it.
    static let recordLimit = 2 << 20

    /// Shared by all producers. The key decides the partition as in Java's clients (librdkafka's own default
    /// differs); idempotence brings acks=all, order and no repeats.
    static func producer() -> ClientSettings {
        ClientSettings(
            wishes: [("compression.codec", "lz4")],
            defaults: shared + [
                ("message.max.bytes", "\(recordLimit)"), ("linger.ms", "5"),
                // A topic that doesn't exist is an error to be told, not one to be created by a typing
                // mistake.
                ("allow.auto.create.topics", "false"),
                // How long a topic may stay unknown before its records fail; librdkafka's 30 s hide mistakes.
                ("topic.metadata.propagation.max.ms", "5000"),
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
        // A record that isn't delivered in time ends its transaction while the broker still knows it: delivery, offsets
        // and commit, or abort, have to fit.
        settings.defaults.append(("message.timeout.ms", "\(timeout.wholeMilliseconds * 2 / 5)"))
        return settings
    }

    static func admin() -> ClientSettings {
        ClientSettings(defaults: shared)
    }

    /// Offsets are stored and committed by the caller alone.
    static func consumer(_ configuration: ConsumerConfiguration) -> ClientSettings {
        var settings = ClientSettings(
            defaults: shared + [
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
