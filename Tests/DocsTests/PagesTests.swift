// Keeps the pages true in what a machine can check: links, names of tests. ConnectorsPageTests has the catalogue.

import Foundation
import Testing

@Suite struct PagesTests {
    @Test func `every link leads to a file, and its anchor to a heading`() throws {
        var count = 0
        for page in try Repository.pages() {
            let folder = page.split(separator: "/").dropLast().joined(separator: "/")
            for match in try Repository.text(page).matches(of: /\]\(([^)\s]+)\)/) {
                let target = String(match.1)
                guard !target.hasPrefix("http") else { continue }
                count += 1
                let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let path = parts[0].isEmpty ? page : (folder.isEmpty ? "" : "\(folder)/") + parts[0]
                #expect(Repository.exists(path), "\(page) links to \(target)")
                if parts.count > 1, Repository.exists(path) {
                    let anchors = try Self.anchors(of: Repository.text(path))
                    #expect(anchors.contains(String(parts[1])), "\(page) links to \(target)")
                }
            }
        }
        try #require(count > 20)
    }

    /// As GitHub makes them from headings.
    private static func anchors(of text: String) -> Set<String> {
        Set(
            text.matches(of: /^#+ (.+)$/.anchorsMatchLineEndings()).map { heading in
                heading.1.lowercased().replacing(" ", with: "-")
                    .filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
            })
    }

    @Test(arguments: ["docs/Connectors.md", "docs/Guarantees.md", "docs/OffsetInvariants.md"])
    func `every test that a page names exists`(page: String) throws {
        let suites = try Repository.files(in: "Tests", suffix: ".swift")
        let named = try Repository.text(page).matches(of: /`(\w+) › ([^`]+)`/)
        try #require(named.count > 5)
        for match in named {
            let files = suites.filter { $0.hasSuffix("/\(match.1).swift") }
            let exists = try files.contains { try Repository.text($0).contains("`\(match.2)`(") }
            #expect(exists, "\(page) names \(match.1) › \(match.2)")
        }
    }

    @Test func `the connector of one's own stands in the page as in its file`() throws {
        let file = try Repository.text("docs/own-connector.yaml")
        #expect(try Repository.text("docs/Connectors.md").contains("```yaml\n\(file)```\n"))
    }

    @Test func `every row of a table belongs to one with a head`() throws {
        for page in try Repository.pages() {
            let lines = try Repository.text(page).split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated() where line.hasPrefix("| ") {
                guard number == 0 || !lines[number - 1].hasPrefix("|") else { continue }
                let isHead = number + 1 < lines.count && lines[number + 1].hasPrefix("| ---")
                #expect(isHead, "\(page), line \(number + 1), is in no table")
            }
        }
    }

    @Test func `the pages name no private place`() throws {
        for page in try Repository.pages() {
            let text = try Repository.text(page)
            for place in ["/root/", "/home/"] {
                #expect(!text.contains(place), "\(page) names \(place)")
            }
        }
    }
}
