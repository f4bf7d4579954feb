// Time left, in the units of librdkafka's calls.

/// A moment that something has to be done by.
struct Deadline: Sendable {
    private let end: ContinuousClock.Instant

    init(within duration: Duration) {
        end = ContinuousClock.now + duration.bounded
    }

    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }
    var isOver: Bool { remaining == .zero }
    var milliseconds: Int32 { Int32(clamping: remaining.wholeMilliseconds) }
}
