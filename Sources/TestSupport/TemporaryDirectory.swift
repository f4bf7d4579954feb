// A fresh directory for one test. It does not try to survive the test process: what a killed test leaves behind
// is the system's to clean.

import Foundation

/// A new directory below the system's temporary one, removed with everything in it when the last owner lets go.
package final class TemporaryDirectory: Sendable {
    package let path: String

    package init(named name: String = "sluice") throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("\(name)-\(UUID().uuidString.lowercased())", isDirectory: true)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    /// The path of a file or folder of that name inside; nothing is created.
    package func path(of name: String) -> String {
        "\(path)/\(name)"
    }

    deinit {
        // A directory that cannot be removed must not fail the test that used it.
        try? FileManager.default.removeItem(atPath: path)
    }
}
