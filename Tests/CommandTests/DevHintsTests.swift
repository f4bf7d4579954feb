import Connectors
import Flow
import Foundation
import Registry
import Testing

@testable import sluice

/// What `sluice dev` says to try.
@Suite struct DevHintsTests {
    private static let keys = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    private static let secret = "0123456789abcdef"
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path(percentEncoded: false)

    /// Directories of what a path has, applied.
    static func directory(applying path: String) throws -> Directory {
        try hints(applying: path).directory
    }

    private static func hints(applying path: String?) throws -> DevHints {
        let box = try SecretBox(keys: keys)
        var directory = Directory(builtIn: try Catalogue.builtIn())
        if let path {
            let options = ManifestOptions(environment: ["SLUICE_EXAMPLE_SECRET": secret], secretBox: box)
            let plan = try Manifest.load(paths: ["\(root)/\(path)"], variables: [:]).plan(
                against: directory, catalogue: Catalogue.builtIn(), options: options)
            for change in plan.changes {
                directory.apply(
                    RegistryEntry(
                        kind: change.kind, id: change.id, version: 1, nonce: "n", body: change.body))
            }
        }
        return DevHints(
            directory: directory, servers: "127.0.0.1:9", secretsKeys: keys, secret: secret, box: box,
            vendorOrigin: "http://127.0.0.1:7", gatewayOrigin: "http://127.0.0.1:8")
    }

    @Test func `they name what was applied, and every variable`() throws {
        let text = try Self.hints(applying: "docs/own-connector.yaml").text
        // With a level that the workflow's condition takes.
        #expect(
            text.contains(
                "sluice emit tea-club/member-joined --store tea-club.myshopify.com --set level=bud --watch"))
        #expect(text.contains("/v1/stores/tea-club.myshopify.com/triggers/tea-club/member-joined"))
        #expect(text.contains(#""level":"bud""#), "\(text)")
        for line in [
            "KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:9", "SLUICE_SECRETS_KEYS=\(Self.keys)",
            "SLUICE_EXAMPLE_SECRET=\(Self.secret)", "MOCK_VENDOR=http://127.0.0.1:7",
        ] {
            #expect(text.contains("  export \(line)\n"), "\(text)")
        }
        #expect(!text.contains("tea-house") && !text.contains("loyaltylion"))
        // There is one trigger only.
        #expect(!text.contains("emit all"))
    }

    @Test func `of the examples they are those of the pages`() throws {
        let text = try Self.hints(applying: "Examples").text
        #expect(
            text.contains("  sluice emit loyaltylion/moved-up-tier --store tea-house.myshopify.com --watch\n")
        )
        #expect(
            text.contains("curl http://127.0.0.1:8/v1/stores/tea-house.myshopify.com/triggers/loyaltylion/"))
        #expect(text.contains("  sluice emit all --store tea-"))
    }

    @Test func `where nothing was applied they say what to do first`() throws {
        let text = try Self.hints(applying: nil).text
        #expect(text.contains("sluice apply -f PATH"))
        #expect(!text.contains("sluice emit"))
    }
}
