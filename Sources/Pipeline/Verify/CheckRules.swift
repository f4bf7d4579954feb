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

    package init() {}
}
