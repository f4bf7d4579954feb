// What a proving ground is made of.

import Pipeline
import TestSupport

@testable import sluice

/// Brokers, a delivery mode, and how much is sent through.
struct ProvingSetup: Sendable {
    enum Place: Sendable {
        /// A stand-in, or the cluster in KAFKA_BOOTSTRAP_SERVERS.
        case broker(Broker.Kind)
        /// librdkafka's own brokers in this process, whose answers can be given any error.
        case embedded
    }

    var place = Place.broker(.noidaDB)
    var mode = DeliveryMode.exactlyOnce
    var stores = 12
    var keys = 60
    /// Percent of the runs whose first attempts fail.
    var failures = 10.0
    /// How long the vendor takes: so that some requests are on the wire at every moment.
    var vendorDelay = Duration.milliseconds(40)
    /// Records that a sender may have taken and not committed: what a kill may repeat.
    var openLimit = 64
    /// Runs that the verification holds in memory, at most.
    var heldLimit = Verification.heldLimit
    /// Added to the environment of every worker.
    var environment: [String: String] = [:]

    static let partitions = 4
    static let connectors = ["loyaltylion", "slack"]
    /// As short as Kafka allows.
    static let session = Duration.seconds(6)
    static let requestTimeout = Duration.seconds(4)
}
