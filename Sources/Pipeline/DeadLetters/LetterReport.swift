import Flow
import Liquid

/// What a replay or a discard came to.
package struct LetterReport: Hashable, Sendable {
    package struct Skip: Hashable, Sendable {
        package fileprivate(set) var count = 0
        /// The first few.
        package fileprivate(set) var places: [LetterPlace] = []
    }

    private static let placesKept = 5
    /// Reasons that are told apart, at most.
    private static let reasonLimit = 200

    /// Letters that fit the filter.
    package internal(set) var matched = 0
    /// Letters that were sent again or discarded, acknowledged; in a trial, those that would be.
    package internal(set) var done = 0
    package private(set) var skips: [String: Skip] = [:]
    /// More would have fitted than the limit lets through.
    package internal(set) var isCutShort = false

    package init() {}

    package var skipped: Int { skips.values.reduce(0) { $0 + $1.count } }

    mutating func skip(_ place: LetterPlace, _ reason: String) {
        let reason = skips[reason] == nil && skips.count >= Self.reasonLimit ? "other reasons" : reason
        var skip = skips[reason] ?? Skip()
        skip.count += 1
        if skip.places.count < Self.placesKept { skip.places.append(place) }
        skips[reason] = skip
    }

    /// The most frequent reasons first.
    package var skipsByCount: [(reason: String, skip: Skip)] {
        skips.map { ($0.key, $0.value) }.sorted { ($1.1.count, $0.0) < ($0.1.count, $1.0) }
    }

    /// `{"matched", WORD, "skipped": [{"reason", "count", "places"}], "cut_short"}`
    package func json(_ word: String) -> [String: JSON] {
        let skipped = skipsByCount.map { reason, skip -> JSON in
            [
                "reason": .string(reason), "count": .integer(Int64(skip.count)),
                "places": .array(skip.places.map { .string($0.description) }),
            ]
        }
        return [
            "matched": .integer(Int64(matched)), word: .integer(Int64(done)), "skipped": .array(skipped),
            "cut_short": .bool(isCutShort),
        ]
    }
}
