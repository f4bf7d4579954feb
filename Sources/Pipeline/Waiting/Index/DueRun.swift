/// When a waiting run may go: 24 bytes.
struct DueRun: Comparable, Sendable {
    private let nanoseconds: Int64
    let position: Int64
    let slot: RunIndex.Slot
    /// Of the parking that it belongs to.
    let stamp: UInt32

    /// - Parameter time: rounded up to whole nanoseconds, so that nothing is early.
    init(at time: Duration, position: Int64, slot: RunIndex.Slot, stamp: UInt32) {
        let (seconds, attoseconds) = time.components
        nanoseconds = Int64(
            clamping: Int128(seconds) * 1_000_000_000 + Int128((attoseconds + 999_999_999) / 1_000_000_000))
        self.position = position
        self.slot = slot
        self.stamp = stamp
    }

    var time: Duration { .nanoseconds(nanoseconds) }

    static func < (left: DueRun, right: DueRun) -> Bool {
        (left.nanoseconds, left.position, left.slot, left.stamp)
            < (right.nanoseconds, right.position, right.slot, right.stamp)
    }
}
