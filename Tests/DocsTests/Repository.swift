// The repository's files, as the tests of the pages read them.

import Foundation

/// Reads from the root that this file was built in.
enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path(percentEncoded: false))
    }

    /// Paths from the root, of all files below a folder.
    static func files(in folder: String, suffix: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(
            atPath: root.appending(path: folder).path(percentEncoded: false)
        )
        .filter { $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }.sorted()
    }

    /// Every page that people read.
    static func pages() throws -> [String] {
        try ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Examples/README.md"]
            + files(in: "docs", suffix: ".md")
    }
}
