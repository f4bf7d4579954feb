// How a failure is shown. What each kind of failure says is in ErrorReport+Known.swift.

import Flow
import Liquid

/// What is written to standard error when a command fails: one block, or one JSON document.
///
///     sluice: no Kafka is named
///       do: give --bootstrap-servers HOST:PORT, or set KAFKA_BOOTSTRAP_SERVERS
struct ErrorReport: Hashable, Sendable {
    let code: EndCode
    let what: String
    let place: String?
    let remedy: String?
    let details: [String]

    init(code: EndCode, what: String, place: String? = nil, remedy: String? = nil, details: [String] = []) {
        self.code = code
        self.what = what
        self.place = place
        self.remedy = remedy
        self.details = details
    }

    var text: String {
        // Files, records and brokers have their words in it.
        var lines = ["sluice: \(TextWidth.printableLines(what))"]
        lines += details.map { "  \(TextWidth.printableLines($0))" }
        if let place { lines.append("  at: \(TextWidth.printable(place))") }
        if let remedy { lines.append("  do: \(TextWidth.printableLines(remedy))") }
        return lines.joined(separator: "\n")
    }

    /// `{"error": {"kind": "failed" | "wrong_use", "what", "where"?, "do"?, "details"?}}`
    var json: String {
        let error = JSON.compact([
            "kind": .string(code == .wrongUse ? "wrong_use" : "failed"),
            "what": .string(what),
            "where": place.map { .string($0) },
            "do": remedy.map { .string($0) },
            "details": details.isEmpty ? nil : .array(details.map { .string($0) }),
        ])
        return JSON.object(["error": error]).prettyText
    }
}
