// What can be done to workers and their surroundings in a round.

/// One kind of disturbance.
enum ChaosKind: String, CaseIterable, Sendable {
    case killSender = "kill -9 of a sender"
    case killMatcher = "kill -9 of a matcher"
    case killBoth = "kill -9 of a matcher and a sender"
    case stopSender = "SIGSTOP of a sender beyond its session"
    case stopMatcher = "SIGSTOP of a matcher beyond its session"
    case terminateSender = "SIGTERM of a sender"
    case terminateMatcher = "SIGTERM of a matcher"
    case join = "members join and leave"
    case cutConnections = "connections to the broker cut"
    case slowConnections = "connections to the broker slow"
    case halfOpenConnections = "connections to the broker half open"
    case brokerErrors = "errors from the broker"
    case restartBroker = "broker restarted"
    case vendorDown = "vendor away"
    case vendorSlow = "vendor slow"

    /// After these nothing may be sent twice.
    var isOrderly: Bool {
        switch self {
        case .terminateSender, .terminateMatcher, .join, .vendorDown, .vendorSlow: true
        default: false
        }
    }

    /// A process ends without a word, or stands still for too long.
    var isHard: Bool {
        switch self {
        case .killSender, .killMatcher, .killBoth, .stopSender, .stopMatcher: true
        default: false
        }
    }

    /// A session that these interrupt may end in the round that follows: a sender that stood still may be told only then that
    /// its place is another's, with what it has on the wire by then. A matcher sends nothing.
    var showsLate: Bool { Self.ofNetwork.contains(self) || self == .restartBroker || self == .stopSender }

    /// A process that stood still may be told only in the round that follows that its place is another's, and end.
    var endsLate: Bool { self == .stopMatcher || showsLate }

    /// Those that work on the way to the broker.
    static let ofNetwork: Set<ChaosKind> = [
        .cutConnections, .slowConnections, .halfOpenConnections, .brokerErrors,
    ]
}
