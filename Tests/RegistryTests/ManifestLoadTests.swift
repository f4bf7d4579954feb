import Flow
import Foundation
import Liquid
import Registry
import Testing

@Suite("Manifest") struct ManifestLoadTests {
    @Test func `a folder is read with the folders in it, by name, without hidden and other files`() throws {
        let folder = try TemporaryFolder()
        for name in ["b.yaml", "a/z.yml", "c.yaml", ".hidden.yaml", ".git/x.yaml", "notes.txt"] {
            try folder.write(name, "kind: organization\nid: \(name.filter(\.isLetter))")
        }
        let manifest = try Manifest.load(paths: [folder.path, "\(folder.path)/b.yaml"], variables: [:])
        #expect(
            manifest.documents.map { String($0.file.dropFirst(folder.path.count + 1)) } == [
                "a/z.yml", "b.yaml", "c.yaml",
            ])
    }

    @Test func `a file that is named may have any name and must be there`() throws {
        let folder = try TemporaryFolder()
        try folder.write("stores", "kind: organization\nid: tea")
        #expect(try Manifest.load(paths: ["\(folder.path)/stores"], variables: [:]).documents.count == 1)
        let error = #expect(throws: Diagnostics.self) {
            try Manifest.load(paths: ["\(folder.path)/nothing.yaml"], variables: [:])
        }
        #expect(error?.description == "\(folder.path)/nothing.yaml: there is no such file or folder")
    }

    @Test func `nothing to apply is a fault, and only regular files of a bounded size are read`() throws {
        let folder = try TemporaryFolder()
        try folder.write("empty/notes.txt", "x")
        try folder.write("comment.yaml", "# nothing\n---\n")
        try folder.write("large.yaml", String(repeating: "#", count: DocumentNode.sizeLimit + 1))
        try folder.write("tea.yaml", "kind: organization\nid: tea")
        func fault(_ path: String) -> String? {
            let error = #expect(throws: Diagnostics.self) { try Manifest.load(paths: [path], variables: [:]) }
            return error?.description
        }
        #expect(fault("\(folder.path)/empty") == "\(folder.path)/empty: there is no *.yaml or *.yml in it")
        #expect(
            fault("\(folder.path)/comment.yaml") == "\(folder.path)/comment.yaml: no document stands in it")
        #expect(fault("/dev/zero") == "/dev/zero: is no regular file, and nothing else is read")
        #expect(
            fault("\(folder.path)/large.yaml")?.contains("has 16777217 bytes, and 16777216 are read at most")
                == true)
        let twice = try Manifest.load(
            paths: ["\(folder.path)/tea.yaml", "\(folder.path)/tea.yaml"], variables: [:])
        #expect(twice.documents.count == 1)
    }

    @Test func `faults of form come from all files at once`() throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", "kind: shop\nid: x")
        try folder.write("b.yaml", "id: x")
        try folder.write("c.yaml", "kind: [\n")
        try folder.write("d.yaml", "kind: store\ndomain: ${DOMAIN}")
        try folder.write("e.yaml", "- kind")
        let error = #expect(throws: Diagnostics.self) {
            try Manifest.load(paths: [folder.path], variables: [:])
        }
        let lines = (error?.items ?? []).map { $0.description.replacing(folder.path + "/", with: "") }
        #expect(lines.count == 5)
        #expect(
            lines.first
                == "a.yaml:1:7: kind: “shop” is unknown; one of organization, store, installation, connection, workflow, connector"
        )
        #expect(lines.dropFirst(1).first == "b.yaml:1:1: kind is missing")
        #expect(lines.dropFirst(2).first?.hasPrefix("c.yaml:") == true)
        #expect(lines.dropFirst(3).first?.hasPrefix("d.yaml:2:9: the variable DOMAIN is not set") == true)
        #expect(lines.last == "e.yaml:1:1: the document: a map should stand here, not a list")
    }

    @Test(arguments: [
        ("${HOST}", "a.example"),
        ("http://${HOST}:${PORT}/x", "http://a.example:90/x"),
        ("${NOTHING:-standard}", "standard"),
        ("${EMPTY:-standard}", "standard"),
        ("${EMPTY}", ""),
        ("${NOTHING:-}", ""),
        ("${NOTHING:-http://127.0.0.1:9090}/flow", "http://127.0.0.1:9090/flow"),
        ("$${HOST}", "${HOST}"),
        ("costs ${{ trigger.amount }} or $5", "costs ${{ trigger.amount }} or $5"),
        ("${RECURSIVE}", "${HOST}"),
        ("${", "${"),
        ("${9}", "${9}"),
        ("${HOST-x}", "${HOST-x}"),
        ("$", "$"),
    ])
    func `variables`(_ text: String, _ expected: String) throws {
        let variables = ["HOST": "a.example", "PORT": "90", "EMPTY": "", "RECURSIVE": "${HOST}"]
        let manifest = try Manifest(
            yaml: "kind: organization\nname: '\(text)'", file: "", variables: variables)
        #expect(manifest.documents.first?.node["name"]?.value == .string(expected))
    }

    @Test(arguments: ["SLUICE_SECRETS_KEYS", "KAFKA_PROPERTIES_SASL_PASSWORD"])
    func `what protects the installation is never put into a manifest`(name: String) throws {
        for text in ["${\(name)}", "x${\(name):-y}"] {
            let error = #expect(throws: Diagnostics.self) {
                try Manifest(
                    yaml: "kind: organization\nid: a\nname: '\(text)'", file: "m.yaml",
                    variables: [name: "hunter2"])
            }
            #expect(error?.description.hasPrefix("m.yaml:3:7: the variable \(name) protects") == true)
            #expect(error?.description.contains("hunter2") == false)
        }
        var options = try PlanFixtures.options()
        options.environment[name] = "hunter2"
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(PlanFixtures.connection(rest: "secret: { env: \(name) }"), options: options)
        }
        #expect(error?.description.contains("no manifest may read it") == true)
    }

    @Test func `values of variables stay text`() throws {
        let manifest = try Manifest(yaml: "kind: store\nport: ${PORT}", file: "", variables: ["PORT": "90"])
        #expect(manifest.documents.first?.node["port"]?.value == "90")
    }
}
