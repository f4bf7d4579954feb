import Flow
import Liquid

/// Something that was done to the workers or to what they stand on, and that may explain what a vendor saw.
///
///     {"kind": "kill", "time_ms": 1764100000000, "process": "sender-1", "open": 64}
///
/// `until_ms` says when it was over: of a kill, when the process was started again (the time itself where it is left out);
/// `open` how many attempts may have been begun
/// and not committed at that moment (`sender.openLimit` where nobody knows). Times are by the clock of the vendor.
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

        /// Whether attempts that were begun and not committed may be made again after it.
        package var mayRepeat: Bool {
            switch self {
            case .kill, .stop, .network, .broker: true
            case .terminate, .rebalance, .vendor: false
            }
        }

        /// Whether a process may lose its session after it is over.
        package var showsLate: Bool { self == .network || self == .broker }

        /// Whether a request may still be on the wire when its partition has another owner.
        package var mayOverlap: Bool { mayRepeat }
    }

    package var kind: Kind
    /// Milliseconds since 1970.
    package var time: Int64
    package var until: Int64
    package var process: String
    package var open: Int?

    package init(_ kind: Kind, at time: Int64, until: Int64? = nil, process: String, open: Int? = nil) {
        self.kind = kind
        self.time = time
        self.until = max(time, until ?? time)
        self.process = process
        self.open = open
    }

    /// Reads one line of a file of disturbances.
    ///
    /// - Returns: what is wrong with it, where it is none.
    package static func read(_ value: JSON) -> Result<Disturbance, DisturbanceFault> {
        guard let word = value["kind"]?.stringValue, let kind = Kind(rawValue: word) else {
            let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
            return .failure(DisturbanceFault(what: "kind should be one of \(known)"))
        }
        guard let time = value["time_ms"]?.integerValue else {
            return .failure(DisturbanceFault(what: "time_ms should be a number: milliseconds since 1970"))
        }
        let open = value["open"]?.integerValue.flatMap { Int(exactly: $0) }
        return .success(
            Disturbance(
                kind, at: time, until: value["until_ms"]?.integerValue,
                process: value["process"]?.stringValue ?? "", open: open))
    }
}

/// Why a line tells of no disturbance.
package struct DisturbanceFault: Error, Hashable, Sendable {
    package let what: String
}
