import Liquid

/// What one attempt of an action run came to. Every expected end is a value; nothing of this is thrown.
package enum AttemptOutcome: Hashable, Sendable {
    /// The app did it. The value, if any, is what later steps may read as `steps.<id>`.
    case succeeded(returned: JSON?)
    /// It may work later: after the given delay at the soonest, or after the policy's own where there is none.
    case retry(after: Duration?, reason: String)
    /// It never will: the reason is shown to people.
    case rejected(reason: String)
    /// It waits for a person or for a changed registry: new credentials, a paused connector.
    case held(reason: String)
    /// There was nothing to do.
    case skipped(reason: String)

    /// The word in records, logs and metrics.
    package var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .retry: "retry"
        case .rejected: "rejected"
        case .held: "held"
        case .skipped: "skipped"
        }
    }

    package var reason: String? {
        switch self {
        case .succeeded: nil
        case .retry(_, let reason), .rejected(let reason), .held(let reason), .skipped(let reason): reason
        }
    }
}
