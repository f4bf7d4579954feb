package import Flow

/// A vendor's public API: how its actions become requests, and what the answers come to.
///
/// A conformer is a value without state. Whoever calls it keeps the tokens fresh, writes down that an attempt begins
/// before `attempt` is called, and does what its outcome says.
package protocol VendorAPI: Sendable {
    /// The connector's id in the catalogue.
    var connector: String { get }
    /// Scheme and host of the API, without a path: `https://slack.com`. Nil where a setting that decides it is missing.
    func base(_ settings: [String: String]) -> String?
    /// Whether it can be looked at the vendor what an attempt came to, of the actions that are looked for.
    func canLook(_ credentials: Credentials, _ settings: [String: String]) -> Bool
    /// Makes the calls of one attempt of one of the connector's actions.
    ///
    /// - Throws: what ends the attempt before its last call, so that one call after the other reads as a line each.
    func attempt(_ call: VendorCall) async throws(EarlyEnd) -> VendorOutcome
}

extension VendorAPI {
    package func canLook(_ credentials: Credentials, _ settings: [String: String]) -> Bool { true }
}

/// What the calls of an attempt came to.
package enum VendorOutcome: Hashable, Sendable {
    case ended(AttemptOutcome)
    /// The credentials were refused: a token is refreshed, or a person has to give others.
    case unauthorized(reason: String)
    /// The vendor may have done it before, and its answers don't tell: a person has to look.
    case unclear(reason: String)

    package static func succeeded(returned: JSON?) -> VendorOutcome { .ended(.succeeded(returned: returned)) }
    package static func rejected(_ reason: String) -> VendorOutcome { .ended(.rejected(reason: reason)) }
    package static func retry(after: Duration? = nil, _ reason: String, _ cause: RetryCause) -> VendorOutcome
    {
        .ended(.retry(after: after, reason: reason, cause: cause))
    }
}

/// Ends an attempt within its calls. It is an expected end, thrown only to keep the calls in one line.
package struct EarlyEnd: Error, Sendable {
    package let outcome: VendorOutcome

    package init(_ outcome: VendorOutcome) {
        self.outcome = outcome
    }

    package static func rejected(_ reason: String) -> EarlyEnd { EarlyEnd(.rejected(reason)) }
    package static func unclear(_ reason: String) -> EarlyEnd { EarlyEnd(.unclear(reason: reason)) }
}
