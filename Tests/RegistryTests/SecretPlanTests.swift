import Flow
import Foundation
import Registry
import Testing

@Suite("Secrets in a plan") struct SecretPlanTests {
    private func secrets(_ directory: Directory, _ box: SecretBox, id: String = "slack@*") throws -> [String]
    {
        try (directory.connections[id]?.secrets ?? []).map { try box.open($0, for: id) }
    }

    @Test func `an unchanged secret makes no new version, a changed one does`() throws {
        let first = PlanFixtures.directory(try PlanFixtures.plan(PlanFixtures.connection()))
        #expect(try PlanFixtures.plan(PlanFixtures.connection(), against: first).changes.isEmpty)
        let changed = try PlanFixtures.plan(
            PlanFixtures.connection(rest: "secret: { env: OLD_SECRET }"), against: first)
        #expect(changed.items(.changed).map(\.id) == ["slack@*"])
        let box = try SecretBox(keys: PlanFixtures.keys)
        #expect(try secrets(PlanFixtures.directory(changed, on: first), box) == ["0ld"])
    }

    @Test func `another endpoint keeps the sealed secret as it is`() throws {
        let first = PlanFixtures.directory(try PlanFixtures.plan(PlanFixtures.connection()))
        let moved = PlanFixtures.connection().replacing("flow.example.com", with: "new.example.com")
        let second = PlanFixtures.directory(try PlanFixtures.plan(moved, against: first), on: first)
        #expect(second.connections["slack@*"]?.endpoint == "https://new.example.com/actions")
        #expect(second.connections["slack@*"]?.secrets == first.connections["slack@*"]?.secrets)
    }

    @Test func `a rotation has two secrets, the new one first`() throws {
        let first = PlanFixtures.directory(
            try PlanFixtures.plan(PlanFixtures.connection(rest: "secret: { env: OLD_SECRET }")))
        let rotation = PlanFixtures.connection(
            rest: "secret: { env: SECRET }\nprevious_secret: { env: OLD_SECRET }")
        let second = PlanFixtures.directory(try PlanFixtures.plan(rotation, against: first), on: first)
        let box = try SecretBox(keys: PlanFixtures.keys)
        #expect(try secrets(second, box) == ["s3cret", "0ld"])
        // The old one rests as it was.
        #expect(second.connections["slack@*"]?.secrets.last == first.connections["slack@*"]?.secrets.first)
        #expect(try PlanFixtures.plan(rotation, against: second).changes.isEmpty)
    }

    @Test func `a new sealing key changes nothing until somebody asks for it`() throws {
        let first = PlanFixtures.directory(try PlanFixtures.plan(PlanFixtures.connection()))
        var options = try PlanFixtures.options()
        options.secretBox = try SecretBox(
            keys: "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,\(PlanFixtures.keys)")
        #expect(
            try PlanFixtures.plan(PlanFixtures.connection(), against: first, options: options).changes.isEmpty
        )
        options.reseals = true
        let resealed = try PlanFixtures.plan(PlanFixtures.connection(), against: first, options: options)
        let second = PlanFixtures.directory(resealed, on: first)
        #expect(second.connections["slack@*"]?.secrets.map(\.keyID) == ["k2"])
    }

    @Test func `keys that open nothing of what is there replace it only where somebody says so`() throws {
        let first = PlanFixtures.directory(try PlanFixtures.plan(PlanFixtures.connection()))
        var options = try PlanFixtures.options()
        options.secretBox = try SecretBox(keys: "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
        let refused = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(PlanFixtures.connection(), against: first, options: options)
        }
        let faults = refused?.items.map(\.message) ?? []
        #expect(faults.count == 1)
        #expect(faults.first?.contains("the connection slack@*") == true)
        #expect(faults.first?.contains("--replace-unopenable") == true)
        options.replacesUnopenable = true
        let plan = try PlanFixtures.plan(PlanFixtures.connection(), against: first, options: options)
        #expect(plan.items(.changed).map(\.id) == ["slack@*"])
        let warnings = plan.warnings.map(\.message)
        #expect(warnings.count { $0.contains("the connection slack@*") && $0.contains("is replaced") } == 1)
        #expect(!(warnings + faults).joined().contains("s3cret"))
        let same = try PlanFixtures.plan(PlanFixtures.connection(), against: first)
        #expect(!same.warnings.contains { $0.message.contains("is replaced") })
    }

    private static let newKeys = "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=,\(PlanFixtures.keys)"

    private static func resealing() throws -> ManifestOptions {
        var options = try PlanFixtures.options()
        options.secretBox = try SecretBox(keys: newKeys)
        options.reseals = true
        return options
    }

    @Test func `sealing again takes every connection of the registry, and says which`() throws {
        let first = PlanFixtures.directory(
            try PlanFixtures.plan(
                PlanFixtures.connection(), PlanFixtures.connection("loyaltylion"),
                PlanFixtures.connection("okendo", rest: "")))
        let plan = try PlanFixtures.plan(
            PlanFixtures.connection(), against: first, options: Self.resealing())
        #expect(plan.resealed == ["loyaltylion@*", "slack@*"])
        #expect(plan.items(.changed).map(\.id).sorted() == plan.resealed)
        let second = PlanFixtures.directory(plan, on: first)
        let onlyNew = try SecretBox(keys: String(Self.newKeys.prefix { $0 != "," }))
        for id in plan.resealed { #expect(try secrets(second, onlyNew, id: id) == ["s3cret"]) }
        #expect(
            try PlanFixtures.plan(
                "{ kind: organization, id: tea }", against: second, options: Self.resealing()
            ).resealed == [])
    }

    @Test func `sealing again is no change of credentials, so Sluice's absence is no matter`() throws {
        let rest = "store: tea-corner.myshopify.com\nsecret: { env: SECRET }"
        let here = PlanFixtures.stores.replacing("sluice_installed: false", with: "sluice_installed: true")
        var directory = PlanFixtures.directory(
            try PlanFixtures.plan(here, PlanFixtures.connection(rest: rest)))
        directory = PlanFixtures.directory(
            try PlanFixtures.plan(PlanFixtures.stores, against: directory), on: directory)
        let plan = try PlanFixtures.plan(
            PlanFixtures.connection(rest: rest), against: directory, options: Self.resealing())
        #expect(plan.resealed == ["slack@tea-corner.myshopify.com"])
        #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(
                PlanFixtures.connection(rest: rest.replacing("SECRET", with: "OLD_SECRET")),
                against: directory,
                options: Self.resealing())
        }
    }

    @Test func `what no key opens is named when all is sealed again`() throws {
        let first = PlanFixtures.directory(try PlanFixtures.plan(PlanFixtures.connection()))
        var options = try Self.resealing()
        options.secretBox = try SecretBox(keys: String(Self.newKeys.prefix { $0 != "," }))
        let plan = try PlanFixtures.plan("{ kind: organization, id: tea }", against: first, options: options)
        #expect(plan.resealed.isEmpty)
        #expect(
            plan.warnings.first?.message.hasPrefix("the connection slack@* is not sealed again: ") == true)
    }

    @Test func `plain text is taken with a warning, and stands nowhere in the plan`() throws {
        let plan = try PlanFixtures.plan(PlanFixtures.connection(rest: "secret: hunter2"))
        #expect(
            plan.warnings.first?.description.hasPrefix("m.yaml:4:9: secret stands here in plain text") == true
        )
        #expect(!"\(plan)".contains("hunter2"))
    }

    @Test func `no secret is a warning, no key an error`() throws {
        let plan = try PlanFixtures.plan(PlanFixtures.connection(rest: ""))
        #expect(
            plan.warnings.first?.message
                == "the connection slack@* has no secret: runs that need it are held until one is applied")
        var options = try PlanFixtures.options()
        options.secretBox = nil
        let error = #expect(throws: Diagnostics.self) {
            try PlanFixtures.plan(PlanFixtures.connection(), options: options)
        }
        #expect(
            error?.description
                == "m.yaml:4:9: secret: no sealing key is configured, so that no secret can be stored")
    }

    @Test func `a file is found beside the manifest, without its line end`() throws {
        let folder = try TemporaryFolder()
        try folder.write("secrets/slack.txt", "from-a-file\n")
        try folder.write("all.yaml", PlanFixtures.connection(rest: "secret: { file: secrets/slack.txt }"))
        let manifest = try Manifest.load(paths: [folder.path], variables: [:])
        let options = try PlanFixtures.options()
        let plan = try manifest.plan(against: Directory(), catalogue: TestCatalogue.load(), options: options)
        let box = try SecretBox(keys: PlanFixtures.keys)
        #expect(try secrets(PlanFixtures.directory(plan), box) == ["from-a-file"])
    }

    @Test func `files are not read where that is forbidden, and must hold something small`() throws {
        let folder = try TemporaryFolder()
        try folder.write("empty.txt", "\n")
        try folder.write("large.txt", String(repeating: "x", count: 4097))
        var options = try PlanFixtures.options()
        for (name, fault) in [("empty.txt", "is empty"), ("large.txt", "is larger than 4096 bytes")] {
            let text = PlanFixtures.connection(rest: "secret: { file: \(folder.path)/\(name) }")
            let error = #expect(throws: Diagnostics.self) { try PlanFixtures.plan(text, options: options) }
            #expect(error?.description.hasSuffix(fault) == true)
        }
        options.readsSecretFiles = false
        let text = PlanFixtures.connection(rest: "secret: { file: /etc/hostname }")
        let error = #expect(throws: Diagnostics.self) { try PlanFixtures.plan(text, options: options) }
        #expect(error?.description.contains("secrets can't be read from files here") == true)
    }
}
