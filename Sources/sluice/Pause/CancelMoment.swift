// Before which moment events are cancelled.

/// A moment by the brokers' clock, which is what events are stamped with: that of the machine which cancels may be minutes
/// ahead or behind. Only where brokers stamp nothing does its own count, and then the command says so.
struct CancelMoment: Hashable, Sendable {
    /// Milliseconds since 1970.
    let before: Int64
    let isBrokerTime: Bool

    /// 2020: what says an earlier time has no clock. librdkafka's mock cluster, which `sluice dev` brings, always says 1234.
    private static let earliest: Int64 = 1_577_836_800_000

    /// - Parameter asked: `--before`; nil = now. What is published while the command runs is later, so no moment is after
    ///   now.
    /// - Throws: wrong use, for a text that is no time.
    init(_ asked: String?, brokerTime: Int64?, localTime: Int64) throws(CommandError) {
        let brokerTime = brokerTime.flatMap { $0 < Self.earliest ? nil : $0 }
        let now = brokerTime ?? localTime
        isBrokerTime = brokerTime != nil
        guard let asked else {
            before = now
            return
        }
        before = min(try PointInTime.parse(asked, now: now, option: "--before"), now)
    }
}
