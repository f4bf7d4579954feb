import Flow

/// How many dead letters there are of each kind, by one or several of their properties.
package struct LetterHistogram: Sendable {
    package enum Property: String, Hashable, Sendable, CaseIterable {
        case reason, connector, store, stage, hour
    }

    package struct Group: Hashable, Sendable {
        package let values: [String]
        package fileprivate(set) var counts: [LetterState: Int] = [:]
        /// Of the newest letter, ms since 1970; -1 where it isn't known.
        package fileprivate(set) var newest: Int64 = -1
        /// One of them, to look at.
        package let example: LetterPlace

        package subscript(_ state: LetterState) -> Int { counts[state] ?? 0 }
        package var total: Int { counts.values.reduce(0, +) }
        package var unresolved: Int { self[.open] + self[.failedAgain] }
    }

    /// Groups that are told apart, at most; letters of further ones are counted together.
    package static let groupLimit = 10_000
    package static let others = "(others)"

    package let properties: [Property]
    private var found: [[String]: Group] = [:]

    package init(by properties: [Property]) {
        self.properties = properties
    }

    package mutating func take(_ entry: DeadEntry) {
        var values = properties.map { Self.value($0, of: entry) }
        if found[values] == nil, found.count >= Self.groupLimit {
            values = properties.map { _ in Self.others }
        }
        var group = found[values] ?? Group(values: values, example: entry.place)
        group.counts[entry.state, default: 0] += 1
        group.newest = max(group.newest, entry.timestamp)
        found[values] = group
    }

    /// Those with the most to do first.
    package var groups: [Group] {
        found.values.sorted { left, right in
            if left.unresolved != right.unresolved { return left.unresolved > right.unresolved }
            if left.total != right.total { return left.total > right.total }
            return left.values.lexicographicallyPrecedes(right.values)
        }
    }

    private static func value(_ property: Property, of entry: DeadEntry) -> String {
        switch property {
        case .reason: ReasonPattern.of(entry.letter.reason)
        case .connector: entry.letter.connector
        case .store: entry.letter.store ?? "unknown"
        case .stage: entry.letter.stage.rawValue
        case .hour:
            entry.timestamp < 0
                ? "unknown"
                : UTCDate(secondsSince1970: entry.timestamp / 1_000).isoText.prefix(13) + ":00Z"
        }
    }
}
