// What is known when not all records of a `send` were acknowledged.

/// Some records of a `send` were not acknowledged.
package struct SendError: Error, Sendable, CustomStringConvertible {
    /// A record that was not acknowledged, and why.
    package struct Failure: Sendable {
        /// Its place in the array that was sent.
        package let index: Int
        package let topic: String
        package let error: KafkaError
    }

    /// In the order of their places; never empty.
    package let failures: [Failure]
    /// One for each record that was sent; `nil` for those that failed.
    package let deliveries: [Delivery?]

    /// The failure that stands for the rest. When one record of a transaction fails, librdkafka gives up all that are
    /// still queued, so what was given up that way is only told where nothing else is.
    package var cause: Failure? { failures.first { !$0.error.isConsequence } ?? failures.first }

    package var isFatal: Bool { failures.contains { $0.error.isFatal } }

    package var description: String {
        guard let first = cause else { return "send failed" }
        let count = failures.count == 1 ? "" : " (and \(failures.count - 1) more of \(deliveries.count))"
        return "record \(first.index) for topic \(first.topic)\(count): \(first.error)"
    }
}
