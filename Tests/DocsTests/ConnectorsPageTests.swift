// Keeps docs/Connectors.md the catalogue's. `make docs` renews it: the same test, told to write.

import Connectors
import Flow
import Foundation
import Testing

@Suite struct ConnectorsPageTests {
    private static let path = "docs/Connectors.md"
    private static var isRenewing: Bool { ProcessInfo.processInfo.environment["RENEW_DOCS"] == "1" }

    @Test func `the tables are those of the catalogue`() throws {
        let page = try Repository.text(Self.path)
        let made = try Self.renewed(page, with: ConnectorTables(catalogue: Catalogue.builtIn()))
        if Self.isRenewing {
            try Data(made.utf8).write(to: Repository.root.appending(path: Self.path))
        } else {
            // Both pages in the message would hide it.
            let isFresh = page == made
            #expect(isFresh, "docs/Connectors.md is stale; renew it with: make docs")
        }
    }

    @Test func `a stale table is told from a fresh one, and what stands around it stays`() throws {
        let page = """
            # Before

            <!-- apps: written by make docs -->
            old
            <!-- apps: end -->

            After
            """
        let made = try Self.renew("apps", in: page, with: "new\nlines")
        #expect(made == page.replacing("old", with: "new\nlines"))
        #expect(try Self.renew("apps", in: made, with: "new\nlines") == made)
        #expect(throws: MissingMark.self) { try Self.renew("actions", in: page, with: "new") }
    }

    private static func renewed(_ page: String, with tables: ConnectorTables) throws -> String {
        try tables.parts.reduce(page) { page, part in try renew(part.name, in: page, with: part.text) }
    }

    /// A mark that the page lacks.
    private struct MissingMark: Error {
        let mark: String
    }

    /// Puts a text between the marks of its part.
    private static func renew(_ name: String, in page: String, with text: String) throws -> String {
        let (begin, end) = ("<!-- \(name): written by make docs -->\n", "<!-- \(name): end -->")
        guard let start = page.range(of: begin) else { throw MissingMark(mark: begin) }
        guard let stop = page.range(of: end, range: start.upperBound..<page.endIndex) else {
            throw MissingMark(mark: end)
        }
        return String(page[..<start.upperBound]) + text + "\n" + page[stop.lowerBound...]
    }
}
