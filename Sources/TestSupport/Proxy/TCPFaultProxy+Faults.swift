// What can be wrong with the network between a client and a server.

extension TCPFaultProxy {
    package enum Direction: Sendable, Hashable {
        case toTarget
        case toClient
    }

    /// The faults in force; the default is a proxy that only forwards.
    package struct Faults: Sendable, Equatable {
        /// How long each chunk is held before it goes on, in both directions. The next chunk is read only after
        /// it, so this also limits throughput.
        package var delay: Duration = .zero
        /// The most that goes through each direction of each connection.
        package var bytesPerSecond: Int?
        /// Directions in which nothing goes on. What was already sent stays on its way and arrives later.
        package var blockedDirections: Set<Direction> = []
        /// Connections made while this holds are accepted and never served, even when it no longer holds.
        package var acceptsWithoutForwarding = false

        /// Of a proxy that keeps Kafka's clients: error codes that answers are given, by the number of their request. The
        /// broker has done what was asked, or not, as it would have.
        package var errorCodes: [Int16: Int16] = [:]

        package init() {}
    }

    /// Numbers of the requests whose answers can be given errors.
    package enum KafkaRequest {
        package static let findCoordinator = KafkaExchange.API.findCoordinator
        package static let heartbeat = KafkaExchange.API.heartbeat
        package static let initProducerID = KafkaExchange.API.initProducerID
        package static let addOffsetsToTransaction = KafkaExchange.API.addOffsetsToTransaction
        package static let endTransaction = KafkaExchange.API.endTransaction
    }
}
