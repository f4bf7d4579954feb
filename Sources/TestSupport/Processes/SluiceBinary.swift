// Where the program under test is, for tests that run the real binary.

import Foundation

/// The `sluice` executable that was built together with the running tests.
package enum SluiceBinary {
    /// Names another binary to test, for example that of an image.
    private static let variable = "SLUICE_BINARY"

    /// Its path: beside the test executable, whatever the build folder and configuration are called.
    package static var path: String {
        get throws {
            if let given = ProcessInfo.processInfo.environment[variable] { return given }
            let candidates = buildFolders.map { $0.appendingPathComponent("sluice").path }
            guard let path = candidates.first(where: FileManager.default.isExecutableFile) else {
                throw TestSupportError.notInstalled(
                    program: "sluice",
                    remedy: "looked for \(candidates.joined(separator: ", ")); build it, or set \(variable)")
            }
            return path
        }
    }

    /// The folder of the test executable as the kernel and as the shell name it, and the one around it: some
    /// build systems put the executable into a bundle's folder.
    private static var buildFolders: [URL] {
        let executables = ["/proc/self/exe"] + CommandLine.arguments.prefix(1)
        return executables.flatMap { executable in
            let folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
                .deletingLastPathComponent()
            return [folder, folder.deletingLastPathComponent()]
        }
    }
}
