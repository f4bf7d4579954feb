// Keeps docs/Configuration.md true: each key and variable of the code stands there, and nothing else.

import Foundation
import Testing

@Suite struct ConfigurationDocsTests {
    private let page: String
    private let code: [String]

    init() throws {
        page = try Repository.text("docs/Configuration.md")
        code = try Repository.files(in: "Sources", suffix: ".swift").map { try Repository.text($0) }
    }

    /// The keys of the tables' first column, `sender.retry.baseMs`.
    private var documentedKeys: Set<String> {
        Set(page.matches(of: /^\| `([a-z][A-Za-z.]*)` \|/.anchorsMatchLineEndings()).map { String($0.1) })
    }

    @Test func `every key that the code reads is documented, and no other`() throws {
        let settings = try Repository.files(in: "Sources/sluice", suffix: ".swift").map {
            try Repository.text($0)
        }
        let read = settings.flatMap { text in
            text.matches(of: /\.integer\(\s*"([A-Za-z]+)"/).map { String($0.1) }
                + text.matches(of: /forKey: "([A-Za-z.]+)"/).map { String($0.1) }
        }
        try #require(read.count > 20)
        // The code names a scope once and the page in each key, so what counts is the last part.
        #expect(Self.lastParts(read) == Self.lastParts(documentedKeys))
    }

    private static func lastParts(_ keys: some Sequence<String>) -> [String] {
        Set(keys.map { String($0.split(separator: ".").last ?? "") }).sorted()
    }

    @Test func `every key that the file may hold is documented, and no other`() throws {
        let keys = try Repository.text("Sources/sluice/Settings/SettingKeys.swift")
            .matches(of: /"([a-z][A-Za-z.]*)": \./).map { String($0.1) }
        #expect(keys.sorted() == documentedKeys.sorted())
    }

    @Test func `the range of each number stands in its row`() throws {
        let settings = try Repository.text("Sources/sluice/Settings/SettingKeys.swift")
        let ranges = settings.matches(of: /"([a-z][A-Za-z.]*)": \.number\(([^.]+)\.\.\.([^)]+)\)/)
        try #require(ranges.count > 15)
        for match in ranges {
            let row = page.split(separator: "\n").first { $0.hasPrefix("| `\(match.1)` |") }
            let range = "\(Self.number(match.2))…\(Self.number(match.3))"
            #expect(row?.contains(range) == true, "\(match.1) should be \(range)")
        }
    }

    /// `30 * 86_400` as the page writes it: `2,592,000`.
    private static func number(_ code: Substring) -> String {
        let parts = code.replacing("_", with: "").split(separator: " ")
        var value = Int(parts[0]) ?? 0
        if parts.count == 3, let other = Int(parts[2]) {
            value = parts[1] == "<<" ? value << other : value * other
        }
        return value.formatted(.number.locale(Locale(identifier: "en_US")))
    }

    @Test func `every variable that the project reads is documented`() throws {
        let others =
            try Repository.files(in: "Examples", suffix: ".yaml") + ["docker-compose.yml", "Makefile"]
        let texts = try code + others.map { try Repository.text($0) }
        let names = Set(texts.flatMap { $0.matches(of: /\bSLUICE_[A-Z_]*[A-Z]\b/).map { String($0.0) } })
            .subtracting(["SLUICE_CRDKAFKA_SHIM_H"])
        try #require(names.count > 5)
        for name in names.sorted() { #expect(page.contains("`\(name)`"), "\(name) is not in the page") }
    }

    @Test func `every variable of the page is read`() throws {
        let others = try Repository.files(in: "Tests", suffix: ".swift") + ["Package.swift"]
        let text = try (code + others.map { try Repository.text($0) }).joined(separator: "\n")
        let derived = Set(documentedKeys.map(Self.variable))
        for match in page.matches(of: /`(SLUICE_[A-Z_]+)`/) {
            let name = String(match.1)
            #expect(derived.contains(name) || text.contains("\"\(name)\""), "nobody reads \(name)")
        }
    }

    @Test func `a key stands beside its own variable`() {
        for row in page.matches(of: /^\| `([a-z][A-Za-z.]*)` \| `([A-Z_]+)` \|/.anchorsMatchLineEndings()) {
            #expect(Self.variable(of: String(row.1)) == String(row.2))
        }
    }

    /// `registry.secretsKeys` is `SLUICE_SECRETS_KEYS`, `kafka.bootstrapServers` is `KAFKA_BOOTSTRAP_SERVERS`.
    private static func variable(of key: String) -> String {
        var words = key.hasPrefix("registry.") ? String(key.dropFirst("registry.".count)) : key
        words = words.replacing(/[A-Z]/) { "_\($0.0)" }.replacing(".", with: "_").uppercased()
        return key.hasPrefix("kafka.") ? words : "SLUICE_\(words)"
    }
}
