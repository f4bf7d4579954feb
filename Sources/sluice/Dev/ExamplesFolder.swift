import Foundation

/// Finds the example stores, connections and workflows that `sluice dev` applies.
enum ExamplesFolder {
    /// - Parameter asked: what the user named; then it alone counts.
    static func find(_ asked: String?) throws(CommandError) -> String {
        let places = asked.map { [$0] } ?? standardPlaces
        for place in places where FileManager.default.fileExists(atPath: place) { return place }
        throw .wrongUse(
            "the examples can't be found", at: places.joined(separator: ", "),
            do: "name their folder with --examples, or run from the repository's root")
    }

    /// In the current folder, in the share folder of the program's prefix, in the source tree that it was built from.
    private static var standardPlaces: [String] {
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let installed = executable?.deletingLastPathComponent().appending(path: "share/sluice/Examples")
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return ["Examples"]
            + [installed, root.appending(path: "Examples")].compactMap { $0?.path(percentEncoded: false) }
    }
}
