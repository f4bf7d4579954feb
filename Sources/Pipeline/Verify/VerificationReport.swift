import Flow

/// What a check came to.
package struct VerificationReport: Hashable, Sendable {
    /// Something that was found a number of times, with a few examples.
    package struct Finding: Hashable, Sendable {
        package static let exampleLimit = 10
        package internal(set) var count = 0
        package internal(set) var examples: [String] = []

        package init() {}

        mutating func note(_ example: @autoclosure () -> String) {
            count += 1
            if examples.count < Self.exampleLimit { examples.append(example()) }
        }
    }

    /// Action runs that were expected, one for each event.
    package internal(set) var events = 0
    package internal(set) var succeeded = 0
    package internal(set) var rejected = 0
    package internal(set) var dead = 0
    /// Requests that the vendor got of these runs.
    package internal(set) var requests = 0
    /// Runs that succeeded at the vendor, each once.
    package internal(set) var delivered = 0
    /// Attempts in the runs topic, each number of a run once.
    package internal(set) var attempts = 0
    /// Events that were refused, skipped or unusable, so that nothing was sent: not lost, and not verified.
    package internal(set) var excluded = Finding()
    /// An event without an end, a skip or a dead letter though its record is behind the workers; an action without a
    /// delivery though it succeeded.
    package internal(set) var lost = Finding()
    /// Runs that ended otherwise than with success though the vendor never refused them.
    package internal(set) var undelivered = Finding()
    /// Runs that ended rejected or dead, and no dead letter tells of them.
    package internal(set) var unlettered = Finding()
    /// Requests for runs that nobody expects.
    package internal(set) var unknown = Finding()
    /// Not over yet.
    package internal(set) var unfinished = Finding()
    /// Requests for a run after it had succeeded or was refused for good, that a disturbance explains: by kind.
    package internal(set) var repeated: [Disturbance.Kind: Int] = [:]
    /// The most that these disturbances may have caused, by kind.
    package internal(set) var repeatBound: [Disturbance.Kind: Int] = [:]
    /// Requests for a run whose success the sender never learned of, by its own record.
    package internal(set) var repeatedUnanswered = 0
    package internal(set) var unexplainedRepeats = Finding()
    /// Runs that arrived before one of their key that had to be done first.
    package internal(set) var inverted = Finding()
    /// Runs that arrived while an earlier one of their key was still on the wire, of a partition that was lost.
    package internal(set) var overlapping = 0
    package internal(set) var unexplainedOverlaps = Finding()
    /// Retries before their delay was over.
    package internal(set) var early = Finding()
    /// Records of the runs topic that repeat another: none with exactly-once delivery.
    package internal(set) var recordedTwice = 0
    package internal(set) var disturbances: [Disturbance.Kind: Int] = [:]

    package init() {}

    /// Requests for runs that were done, explained or not.
    package var repeats: Int {
        repeated.values.reduce(0, +) + repeatedUnanswered + unexplainedRepeats.count
    }

    /// What must not be, by name.
    package var faults: [(name: String, finding: Finding)] {
        [
            ("lost", lost), ("ended undelivered", undelivered), ("without a dead letter", unlettered),
            ("of an unknown run", unknown), ("repeated without a cause", unexplainedRepeats),
            ("inverted", inverted),
            ("overlapping without a cause", unexplainedOverlaps), ("early", early),
            ("unfinished", unfinished), ("not verified", excluded),
        ].filter { $0.1.count > 0 }
    }

    package var isSound: Bool { faults.isEmpty }
}
