// What a check of an endpoint found, as text and as JSON.

import Connectors
import Flow
import Liquid

/// The findings of a check that was played to its end.
struct EndpointReport {
    private let check: EndpointCheck
    private let findings: [CheckFinding]

    init(_ check: EndpointCheck) {
        self.check = check
        findings = check.findings
    }

    /// One line for each check, and below it what to do; then the sums. Nothing is cut: it is there to be read.
    var text: String {
        let table = TextTable(
            ["RESULT", "CHECK", "SENT", "CAME"],
            rows: findings.map { [$0.verdict.rawValue.uppercased(), $0.check.rawValue, $0.sent, $0.came] })
        var lines = table.text().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for (index, finding) in findings.enumerated().reversed() {
            guard let remedy = finding.remedy else { continue }
            lines.insert("        do: \(TextWidth.printable(remedy))", at: index + 2)
        }
        return (lines + ["", sums]).joined(separator: "\n")
    }

    /// `9 passed, 1 failed, 1 skipped; 5 requests`
    private var sums: String {
        let words: [(CheckFinding.Verdict, String)] = [
            (.pass, "passed"), (.fail, "failed"), (.warn, "warned"), (.skip, "skipped"),
        ]
        let counts = words.compactMap { verdict, word -> String? in
            let count = findings.count { $0.verdict == verdict }
            return count == 0 ? nil : "\(count) \(word)"
        }
        return "\(counts.joined(separator: ", ")); \(check.exchanges.count.counted("request"))"
    }

    /// `{"passed", "url", "action_run_id", "requests", "checks": [{"check", "result", "sent", "came", "do"?}]}`
    var json: JSON {
        [
            "passed": .bool(failed.isEmpty), "url": .string(Self.place(of: check.endpoint)),
            "action_run_id": .string(check.action.run.id.description),
            "requests": .integer(Int64(check.exchanges.count)), "checks": .array(findings.map(Self.item)),
        ]
    }

    private static func item(_ finding: CheckFinding) -> JSON {
        .compact([
            "check": .string(finding.check.rawValue), "result": .string(finding.verdict.rawValue),
            "sent": .string(finding.sent), "came": .string(finding.came),
            "do": finding.remedy.map { .string($0) },
        ])
    }

    private var failed: [CheckFinding] { findings.filter { $0.verdict == .fail } }

    /// - Throws: which checks failed.
    func throwIfFailed() throws(CommandError) {
        guard !failed.isEmpty else { return }
        let names = failed.map(\.check.rawValue).joined(separator: ", ")
        throw .failed(
            "the endpoint failed \(failed.count == 1 ? "a check" : "\(failed.count) checks"): \(names)",
            do: "correct what the report says, and run it again")
    }

    /// The URL without its query, which may hold a secret: reports are passed on.
    static func place(of url: String) -> String {
        url.firstIndex(of: "?").map { String(url[..<$0]) } ?? url
    }
}
