import Flow

/// What became known of an event that somebody watches.
package enum RunNews: Hashable, Sendable {
    /// It was matched or refused, attempted, or one of its runs ended.
    case record(RunRecord)
    /// It could not be used at all and lies in the dead topic.
    case unusable(EventIdentity, reason: String)
}
