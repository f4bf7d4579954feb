import Connectors
import Flow
import Foundation
import Testing

@Suite struct ResourceFolderTests {
    private func message(_ work: () throws -> Void) -> String {
        do {
            try work()
            return ""
        } catch {
            return "\(error)"
        }
    }

    /// A resource folder with one app's file in it, for the length of one test.
    private func withFolder(_ id: String, _ contents: Data?, _ work: (ResourceFolder) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }  // Nothing depends on what is left behind.
        let app = root.appending(path: "Apps/\(id)")
        try FileManager.default.createDirectory(at: app, withIntermediateDirectories: true)
        try contents?.write(to: app.appending(path: "\(id).yaml"))
        try work(ResourceFolder.find(override: root.path(percentEncoded: false)))
    }

    @Test func `a missing folder is named with what to do`() {
        let text = message { _ = try ResourceFolder.find(override: "/nowhere/at/all") }
        #expect(text.contains("looked in /nowhere/at/all"))
        #expect(text.contains("SLUICE_RESOURCES"))
        #expect(text.contains("sluice_Connectors.resources beside the executable"))
    }

    @Test func `a missing file is named`() throws {
        try withFolder("tea", nil) { folder in
            let text = message { _ = try Catalogue.builtIn(ids: ["tea"], in: folder) }
            #expect(text.contains("/Apps/tea/tea.yaml: it doesn't exist"))
        }
    }

    @Test func `a file that is not UTF-8 is refused`() throws {
        try withFolder("tea", Data([0xFF, 0xFE])) { folder in
            #expect(
                message { _ = try Catalogue.builtIn(ids: ["tea"], in: folder) }.contains("it is not UTF-8"))
        }
    }

    @Test(arguments: [
        ("id: tea\nname: [", "Apps/tea/tea.yaml:"),
        ("id: tea\nname: Tea\n", "Apps/tea/tea.yaml:1:1: a connector offers something"),
        ("", "Apps/tea/tea.yaml: one document should stand here, not 0"),
        (
            "{id: cup, name: Cup, triggers: [{handle: a, title: A}]}",
            "Apps/tea/tea.yaml: the id is cup, but the folder's name is tea"
        ),
    ]) func `a faulty file is named with the fault's place`(yaml: String, report: String) throws {
        try withFolder("tea", Data(yaml.utf8)) { folder in
            let text = message { _ = try Catalogue.builtIn(ids: ["tea"], in: folder) }
            #expect(text.contains(report), "\(text)")
        }
    }
}
