// The histogram of dead letters as it is printed.

import Flow
import Liquid
import Pipeline

extension LetterHistogram {
    func table(limit: Int) -> TextTable {
        let head = ["OPEN", "FAILED AGAIN", "REPLAYED", "DISCARDED", "EXAMPLE"]
        return TextTable(
            head + properties.map { $0.rawValue.uppercased() },
            rows: groups.prefix(limit).map { group in
                let states: [LetterState] = [.open, .failedAgain, .replayed, .discarded]
                let counts: [String] = states.map { String(group[$0]) }
                return counts + [group.example.description] + group.values
            }, below: "REASON")
    }

    func json(limit: Int) -> JSON {
        let groups = groups
        let shown: [JSON] = groups.prefix(limit).map { group in
            var members: [String: JSON] = [
                "open": .integer(Int64(group[.open])), "failed_again": .integer(Int64(group[.failedAgain])),
                "replayed": .integer(Int64(group[.replayed])),
                "discarded": .integer(Int64(group[.discarded])),
                "total": .integer(Int64(group.total)), "example": .string(group.example.description),
            ]
            if group.newest >= 0 {
                members["newest"] = .string(UTCDate(secondsSince1970: group.newest / 1_000).isoText)
            }
            for (property, value) in zip(properties, group.values) {
                members[property.rawValue] = .string(value)
            }
            return .object(members)
        }
        let total = groups.reduce(0) { $0 + $1.total }
        return [
            "by": .array(properties.map { .string($0.rawValue) }), "groups": .array(shown),
            "total": .integer(Int64(total)),
        ]
    }
}
