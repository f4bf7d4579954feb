// The moment that the dates of samples count from.

import Flow
import Foundation

/// Now; or always the same moment, so that equal seeds make equal payloads on any day.
enum SampleTime {
    static let fixed = "2026-01-01T12:00:00Z"

    static func text(isRepeatable: Bool) -> String { isRepeatable ? fixed : now }

    static var now: String { UTCDate(secondsSince1970: Int64(Date().timeIntervalSince1970)).isoText }
}
