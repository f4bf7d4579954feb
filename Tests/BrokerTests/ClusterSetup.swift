// What a test wants of its cluster.

import Pipeline
import TestSupport

/// A broker, a delivery mode, and what is applied before the test begins.
struct ClusterSetup: Sendable {
    /// The stand-in where no real Kafka is named; with one, that is used instead.
    var broker = Broker.Kind.noidaDB
    var mode = DeliveryMode.exactlyOnce
    /// The mock vendor's answers.
    var script = "default: [ok]"
    var workflows = TestManifest.workflows
    var stores = 4
    /// Added to the environment of every process.
    var environment: [String: String] = [:]

    static let partitions = 4
    /// Few, so that each process reads few partitions.
    static let connectors = ["loyaltylion", "slack", "trello", "cleverpush"]
}
