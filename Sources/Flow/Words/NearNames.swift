// For "did you mean".

/// Finds names that somebody may have meant who wrote another.
package enum NearNames {
    /// Letters that a name may differ by.
    package static let distance = 2
    /// Names that are compared, at most: a hint is not worth more.
    private static let compared = 100_000
    /// A shorter beginning fits too much.
    private static let shortestStart = 4

    /// The nearest first: those that differ by a letter or two, then those that begin with the name.
    package static func of(_ name: String, in known: some Sequence<String>, limit: Int = 3) -> [String] {
        known.prefix(compared).compactMap { other -> (distance: Int, name: String)? in
            let letters = distance(name, other)
            if letters <= distance { return (letters, other) }
            let isStart = name.utf8.count >= shortestStart && other.hasPrefix(name)
            return isStart ? (distance + 1, other) : nil
        }.sorted { $0 < $1 }.prefix(limit).map(\.name)
    }

    /// `did you mean a, b? `, or nothing where nothing is near: to begin a remedy with.
    package static func question(_ name: String, in known: some Sequence<String>) -> String {
        let near = of(name, in: known)
        return near.isEmpty ? "" : "did you mean \(near.joined(separator: ", "))? "
    }

    /// How many letters have to be changed, added or taken out; some number beyond `distance` where it is more than that.
    package static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard abs(left.count - right.count) <= distance else { return .max }
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var corner = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let changed = corner + (a == b ? 0 : 1)
                corner = row[j + 1]
                row[j + 1] = min(changed, corner + 1, row[j] + 1)
            }
            if (row.min() ?? 0) > distance { return .max }
        }
        return row[right.count]
    }
}
