import Testing

/// What a sender may be made to do wrong, to see that it is found.
enum PlantedBug: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// A commit tells the offset up to which was read, not that up to which all is settled.
    case commitPastGap = "the commit goes past a gap"
    /// A run behind a waiting one leaves its partition, and its waiting record is not written.
    case lostFollower = "a parked follower is lost"
    /// A retry is let go some time before it is due.
    case earlyRetry = "a retry begins before it is due"

    var testDescription: String { rawValue }
}
