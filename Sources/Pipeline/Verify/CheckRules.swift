/// What a check takes for granted.
package struct CheckRules: Hashable, Sendable {
    /// Attempts that a sender may have begun and not committed, where a disturbance doesn't say: `sender.openLimit`.
    package var openLimit = 2_000
    /// How far the clocks of whoever notes disturbances and of the vendor may be apart.
    package var clockSlack = Duration.seconds(1)
    /// How long before a disturbance something may have been begun whose settlement it prevented: the time-outs of a
    /// request and of a transaction, and some room.
    package var reach = Duration.seconds(30)
    /// Without a heartbeat for so long a member loses its partitions: what was done to brokers and connections shows that late
    /// (`consumer.sessionTimeoutMs`).
    package var session = Duration.seconds(10)
    /// How long after a disturbance what it interrupted is made good.
    package var aftermath = Duration.seconds(60)
    /// How long a request may be on the wire (`sender.timeoutSeconds`).
    package var requestTimeout = Duration.seconds(10)

    package init() {}

    /// How many attempts may have been open at a disturbance, so that it may repeat as many.
    ///
    /// A matcher sends nothing; with at-least-once delivery its actions may come again, and whoever notes its kill says how
    /// many. A sender that stood still or was cut off may repeat what its successors did, beside what they repeat of its own.
    package func open(at disturbance: Disturbance) -> Int {
        if let open = disturbance.open { return open }
        if disturbance.role == .matcher { return 0 }
        switch disturbance.kind {
        case .stop, .network, .broker: return 2 * openLimit
        case .kill, .vendor: return openLimit
        case .terminate, .rebalance: return 0
        }
    }
}
