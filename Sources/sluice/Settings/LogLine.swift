// The form of a log line.

import Flow
import Logging

/// A message as one line: time, level, text, and metadata by key.
enum LogLine {
    static func text(
        milliseconds: Int64, level: Logger.Level, message: String, metadata: Logger.Metadata
    ) -> String {
        let second = UTCDate(secondsSince1970: milliseconds / 1000).isoText.dropLast()
        let fraction = String(1000 + milliseconds % 1000).dropFirst()
        let name = level.rawValue
        var line = "\(second).\(fraction)Z \(name)\(String(repeating: " ", count: max(0, 8 - name.count))) "
        line += TextWidth.printable(message)
        if !metadata.isEmpty { line += " " }
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(quoted("\(value)"))"
        }
        return line
    }

    private static func quoted(_ value: String) -> String {
        let value = TextWidth.printable(value)
        guard value.isEmpty || value.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else {
            return value
        }
        return "\"\(value.replacing("\"", with: "\\\""))\""
    }
}
