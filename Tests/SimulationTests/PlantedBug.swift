import Testing

/// What a sender may be made to do wrong, to see that it is found.
enum PlantedBug: String, CaseIterable, Sendable, CustomTestStringConvertible {
    /// A commit tells the offset up to which was read, not that up to which all is settled.
    case commitPastGap = "the commit goes past a gap"
    /// A run behind a waiting one leaves its partition, and its waiting record is not written.
    case lostFollower = "a parked follower is lost"
    /// A retry is let go some time before it is due.
    case earlyRetry = "a retry begins before it is due"
    /// A run ends, and its letter is not written.
    case lostLetter = "a dead letter is lost"
    case secondLetter = "a dead letter is written twice"
    /// A takeover does not look at the notes of attempts in doubt.
    case unasked = "what is in doubt is sent again unasked"
    /// The request does not wait until its note is acknowledged.
    case unnoted = "an attempt goes before its note is written"
    /// A run whose letter holds its key ends as any other.
    case lostKeeper = "a key goes on behind its dead letter"
    /// A run that may have been done is sent again without a look.
    case unlooked = "what may have been done is not looked for"
    /// A takeover looks at once.
    case hastyLook = "a look comes before the app had its time"
    /// A takeover does not read the first record of the waiting topic that counts.
    case highFloor = "the floor of the waiting topic is too high"

    /// What has to be said of it.
    var invariants: [String] {
        switch self {
        case .commitPastGap, .lostFollower, .highFloor: ["S1"]
        case .earlyRetry: ["S4"]
        // Where it holds its key, nobody can ever let that go.
        case .lostLetter: ["S2", "S8"]
        case .secondLetter: ["S2"]
        case .unnoted: ["S9"]
        case .unasked: ["S9", "S11"]
        // Its replayed copy may be what is overtaken.
        case .lostKeeper: ["S10", "S3"]
        case .unlooked, .hastyLook: ["S11"]
        }
    }

    var testDescription: String { rawValue }
}
