/// Something that was done to the workers or to what they stand on, and that may explain what a vendor saw.
///
///     {"kind": "kill", "time_ms": 1764100000000, "process": "sender-1", "role": "sender", "open": 64}
///
/// `until_ms` says when it was over: of a kill, when the process was started again (the time itself where it is left out);
/// `role` what the process was, where it was one; `open` how many attempts may have been begun and not committed at that
/// moment (where it is left out: `CheckRules.open(at:)`). Times are by the clock of the vendor. How a line is read is in
/// Disturbance+Read.swift.
package struct Disturbance: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// kill -9, a power cut.
        case kill
        /// SIGTERM: an orderly end.
        case terminate
        /// A process stood still for longer than its session: SIGSTOP, a starved machine.
        case stop
        /// A member joined or left in good order.
        case rebalance
        /// Connections to brokers were cut, slow or silent.
        case network
        /// A broker was restarted, stood still or answered with errors.
        case broker
        /// The vendor was away or slow.
        case vendor

        /// Whether attempts that were begun and not committed may be made again after it, and a request may still be on the
        /// wire when its partition has another owner.
        package var mayRepeat: Bool {
            switch self {
            case .kill, .stop, .network, .broker: true
            case .terminate, .rebalance, .vendor: false
            }
        }

        /// Whether a process may lose its session after it is over.
        package var showsLate: Bool { self == .network || self == .broker }

        /// Whether an answer of the vendor may not reach the sender, so that its request is made again by the sender's own record.
        package var losesAnswers: Bool {
            switch self {
            case .stop, .network, .broker, .vendor: true
            case .kill, .terminate, .rebalance: false
            }
        }
    }

    package enum Role: String, Hashable, Sendable, CaseIterable {
        case matcher, sender
    }

    package var kind: Kind
    /// Milliseconds since 1970.
    package var time: Int64
    package var until: Int64
    /// For whoever reads the file: a name of what it was done to.
    package var process: String
    /// Nil where it was done to both, or to something else.
    package var role: Role?
    package var open: Int?

    package init(
        _ kind: Kind, at time: Int64, until: Int64? = nil, process: String, role: Role? = nil,
        open: Int? = nil
    ) {
        self.kind = kind
        self.time = time
        self.until = max(time, until ?? time)
        self.process = process
        self.role = role
        self.open = open
    }
}
