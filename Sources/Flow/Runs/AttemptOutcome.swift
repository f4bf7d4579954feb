import Liquid

/// What one attempt of an action run came to. Every expected end is a value; nothing of this is thrown.
package enum AttemptOutcome: Hashable, Sendable {
    /// The app did it. The value, if any, is what later steps may read as `steps.<id>`.
    case succeeded(returned: JSON?)
    /// One of several calls has done its part; the next follows, and what the earlier ones came to is kept for it.
    case proceeded(checkpoint: JSON, done: String)
    /// It may work later: after the given delay at the soonest, or after the policy's own where there is none.
    case retry(after: Duration?, reason: String, cause: RetryCause)
    /// It never will: the reason is shown to people.
    case rejected(reason: String)
    /// It waits for a person or for a changed registry: new credentials, a paused connector.
    case held(reason: String, by: Hold)
    /// There was nothing to do.
    case skipped(reason: String)
    /// A person ended it.
    case cancelled(reason: String)

    /// The word in records, logs and metrics.
    package var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .proceeded: "proceeded"
        case .retry: "retry"
        case .rejected: "rejected"
        case .held: "held"
        case .skipped: "skipped"
        case .cancelled: "cancelled"
        }
    }

    package var reason: String? {
        switch self {
        case .succeeded: nil
        case .proceeded(_, let done): done
        case .retry(_, let reason, _), .rejected(let reason), .held(let reason, _), .skipped(let reason),
            .cancelled(let reason):
            reason
        }
    }
}

/// Why an attempt may be repeated: what it says about the endpoint.
package enum RetryCause: Hashable, Sendable {
    /// It works on the request, and wants to be asked again.
    case notYet
    /// It gets more than it takes.
    case busy
    /// It says that it is broken.
    case broken
    case noAnswer
    /// Nothing went out: no connection came about, or no valid token was to be had.
    case notSent
    /// It failed at a call that does no harm when it is made again, such as a look-up.
    case harmless

    /// Whether the vendor may have acted all the same.
    package var leavesDoubt: Bool { self == .broken || self == .noAnswer }
}
