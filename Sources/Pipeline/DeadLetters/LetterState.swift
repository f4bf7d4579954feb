/// What became of a dead letter.
package enum LetterState: String, Hashable, Sendable, CaseIterable {
    /// Nobody did anything about it.
    case open
    /// It was sent again before, and failed again; nobody did anything about that.
    case failedAgain = "failed-again"
    /// It was sent again. Should that fail, too, there is another letter.
    case replayed
    /// Somebody decided that it isn't needed.
    case discarded

    package var isResolved: Bool { self == .replayed || self == .discarded }

    package static let unresolved: Set<LetterState> = [.open, .failedAgain]
}
