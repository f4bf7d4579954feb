// The one error of this module: what failed, why, and what a caller may do about it.

/// A failure that Kafka or librdkafka reported, or that this module found before asking them.
package struct KafkaError: Error, Sendable, CustomStringConvertible {
    /// The cases that callers branch on.
    package enum Kind: Hashable, Sendable {
        /// Another client took over this one's static membership or transactional id. This client is done.
        case fenced
        case unknownTopic
        case messageTooLarge
        /// No broker could be reached.
        case unreachable
        case timedOut
        case topicExists
        /// The offset to start or go on from is not (or no longer) there. `asked` is `nil` where the group
        /// had none.
        case offsetUnavailable(TopicPartition, asked: Int64?)
        /// The group is moving its partitions, or has moved them: a commit came too late or must be repeated.
        case rebalancing
        case invalidConfiguration
        case closed
        case other
    }

    package let kind: Kind
    /// Kafka's code when positive or zero, librdkafka's own when negative.
    package let code: Int32
    /// `FENCED_INSTANCE_ID`, `_TIMED_OUT` …
    package let name: String
    /// The operation and its object: `create topic orders`.
    package let what: String
    /// What happened and, where it is known, what to do.
    package let reason: String
    /// The client that gave it can do no more; make a new one or end.
    package let isFatal: Bool
    /// The same call may succeed later.
    package let isRetriable: Bool
    /// The transaction could not go on. `TransactionalProducer` has aborted it when its caller sees this.
    package let requiresAbort: Bool
    /// The bootstrap servers that were asked, where none of them answered, and the reason without advice.
    package private(set) var unanswered: Unanswered?

    package struct Unanswered: Hashable, Sendable {
        package let servers: String
        package let reason: String
    }

    package init(
        kind: Kind, code: Int32, name: String, what: String, reason: String, isFatal: Bool = false,
        isRetriable: Bool = false, requiresAbort: Bool = false
    ) {
        self.kind = kind
        self.code = code
        self.name = name
        self.what = what
        self.reason = reason
        self.isFatal = isFatal
        self.isRetriable = isRetriable
        self.requiresAbort = requiresAbort
    }

    /// `commit of orders[3] failed: REBALANCE_IN_PROGRESS: …`
    package var description: String { "\(what) failed: \(name): \(reason)" }

    /// The same failure under the name of the operation that the caller knows.
    func during(_ what: String) -> KafkaError {
        KafkaError(
            kind: kind, code: code, name: name, what: what, reason: reason, isFatal: isFatal,
            isRetriable: isRetriable, requiresAbort: requiresAbort)
    }

    /// The same failure, after which its client can't go on.
    func fatal(_ advice: String) -> KafkaError {
        KafkaError(
            kind: kind, code: code, name: name, what: what, reason: "\(reason); \(advice)", isFatal: true,
            isRetriable: false, requiresAbort: false)
    }

    /// The same failure with the servers that did not answer, and a sentence on what to do.
    func unanswered(by servers: String, _ advice: String) -> KafkaError {
        var error = KafkaError(
            kind: kind, code: code, name: name, what: what, reason: "\(reason); \(advice)", isFatal: isFatal,
            isRetriable: isRetriable, requiresAbort: requiresAbort)
        error.unanswered = Unanswered(servers: servers, reason: reason)
        return error
    }
}
