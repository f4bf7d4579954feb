import Foundation

/// The folder of the files that ship with the program: `Apps/<id>/<id>.yaml` for each built-in connector.
///
/// SwiftPM's own `Bundle.module` ends the process when the folder is missing; this says what to do instead.
package struct ResourceFolder: Sendable {
    package static let bundleName = "sluice_Connectors.resources"
    /// An environment variable that names the folder, for installations that keep it elsewhere.
    package static let overrideVariable = "SLUICE_RESOURCES"

    package let path: String

    package init(path: String) {
        self.path = path
    }

    /// The folder that the override names, and no other; without one, the first that exists of: beside the
    /// executable, in the share folder of its prefix, and in the source tree that it was built from.
    package static func find(
        override: String? = ProcessInfo.processInfo.environment[overrideVariable]
    ) throws(ConnectorsError) -> ResourceFolder {
        let places = override.map { [$0] } ?? usualPlaces
        guard let place = places.first(where: { isFolder("\($0)/Apps") }) else {
            throw .resourcesMissing(lookedIn: places)
        }
        return ResourceFolder(path: place)
    }

    private static var usualPlaces: [String] {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let installed = executable.map {
            [
                $0.appending(path: bundleName),
                $0.deletingLastPathComponent().appending(path: "share/sluice/\(bundleName)"),
            ]
        }
        return ((installed ?? []) + [sources]).map { $0.path(percentEncoded: false) }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
            && isDirectory.boolValue
    }

    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    /// The text of one of the folder's files.
    func text(of name: String) throws(ConnectorsError) -> String {
        let file = "\(path)/\(name)"
        guard let data = FileManager.default.contents(atPath: file) else {
            throw .unreadable(file: file, reason: "it doesn't exist, or this user may not read it")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw .unreadable(file: file, reason: "it is not UTF-8")
        }
        return text
    }
}
