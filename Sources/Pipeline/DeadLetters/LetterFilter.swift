import Flow

/// Which dead letters are wanted. All given conditions must hold.
package struct LetterFilter: Hashable, Sendable {
    package var connector: String?
    package var store: String?
    package var stage: DeadLetter.Stage?
    /// Part of the reason, as it is or as a histogram folds it; upper and lower case alike.
    package var reason: String?
    /// Milliseconds since 1970.
    package var since: Int64?
    /// The same; that moment is not part of it.
    package var until: Int64?
    package var actionRun: RunID?
    /// An event's id; also what was sent again under a new one.
    package var event: String?
    /// Nil = everywhere.
    package var places: Set<LetterPlace>?
    /// Nil = all.
    package var states: Set<LetterState>?

    package init() {}

    /// Whether it lets every letter through, apart from what became of it.
    package var isEmpty: Bool {
        var other = self
        other.states = nil
        return other == LetterFilter()
    }

    package func fits(_ entry: DeadEntry) -> Bool {
        let letter = entry.letter
        if let states, !states.contains(entry.state) { return false }
        if let places, !places.contains(entry.place) { return false }
        if let connector, letter.connector != connector { return false }
        if let store, letter.store != store { return false }
        if let stage, letter.stage != stage { return false }
        if let reason, !Self.names(reason, letter.reason) { return false }
        // A time that isn't known may be any.
        if let since, entry.timestamp >= 0, entry.timestamp < since { return false }
        if let until, entry.timestamp >= 0, entry.timestamp >= until { return false }
        if let actionRun, letter.runID != actionRun { return false }
        if let event, letter.header(HeaderName.replayOf) != event, letter.eventID != event { return false }
        return true
    }

    private static func names(_ part: String, _ reason: String) -> Bool {
        let part = part.lowercased()
        return reason.lowercased().contains(part) || ReasonPattern.of(reason).lowercased().contains(part)
    }

    /// The offsets of a partition that can fit; nil where none can.
    package func range(in partition: Int32) -> Range<Int64>? {
        guard let places else { return 0..<Int64.max }
        let offsets = places.filter { $0.partition == partition }.map(\.offset)
        guard let first = offsets.min(), let last = offsets.max() else { return nil }
        return first..<(last == .max ? last : last + 1)
    }
}
