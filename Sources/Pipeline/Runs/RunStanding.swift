/// Where a watched event stands that is not over, as far as its records tell.
package struct RunStanding: Hashable, Sendable {
    package enum Kind: Hashable, Sendable, CaseIterable {
        case notMatched
        /// Matched, and nothing keeps it back that is known.
        case underWay
        case retrying
        case held
        /// A person has to decide whether it is sent again.
        case inDoubt
    }

    package let kind: Kind
    /// Of the last attempt.
    package let reason: String?

    package init(_ kind: Kind, reason: String? = nil) {
        self.kind = kind
        self.reason = reason
    }

    /// What an attempt leaves its run in; nil where that goes on or ended.
    init?(after outcome: String, reason: String?) {
        switch outcome {
        case "retry": self.init(.retrying, reason: reason)
        case "held": self.init(.held, reason: reason)
        case "in-doubt": self.init(.inDoubt, reason: reason)
        default: return nil
        }
    }
}
