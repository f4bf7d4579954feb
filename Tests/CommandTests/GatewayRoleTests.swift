import ArgumentParser
import Flow
import Gateway
import Kafka
import Logging
import Registry
import Testing

@testable import sluice

/// `sluice run gateway`: its settings, and what it needs.
@Suite struct GatewayRoleTests {
    private static func settings(_ environment: [String: String] = [:]) async throws -> RoleSettings {
        let settings = try await CommonOptions.parse([]).settings(environment: environment)
        return try RoleSettings(
            settings.config, catalogue: Catalogue([]), connectors: nil, instance: nil, delivery: nil)
    }

    private static func services(_ box: SecretBox?) async throws -> RoleServices {
        try RoleServices(
            [.gateway], settings: try await settings(),
            kafka: KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), topics: Topics(),
            catalogue: Catalogue([]), box: box,
            logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test func `it listens for this machine alone unless told otherwise`() async throws {
        let standard = try await Self.settings().gateway
        #expect(standard.host == "127.0.0.1")
        #expect(standard.port == 8_080)
        let set = try await Self.settings([
            "SLUICE_GATEWAY_HOST": "0.0.0.0", "SLUICE_GATEWAY_PORT": "9000",
            "SLUICE_GATEWAY_REQUESTS": "7", "SLUICE_MATCHER_PAYLOAD_BYTES": "1000",
        ]).gateway
        #expect(set.host == "0.0.0.0")
        #expect(set.port == 9_000)
        #expect(set.requestLimit == 7)
        #expect(set.payloadLimit == 1_000)
    }

    @Test func `a port out of range is wrong use`() async throws {
        let error = await #expect(throws: CommandError.self) {
            _ = try await Self.settings(["SLUICE_GATEWAY_PORT": "70000"])
        }
        #expect(error?.what == "gateway.port is 70000; allowed: 1 to 65535")
    }

    @Test func `it needs the key that opens tokens and secrets`() async throws {
        let error = await #expect(throws: CommandError.self) { _ = try await Self.services(nil) }
        #expect(error?.code == .wrongUse)
        #expect(error?.what.contains("the gateway needs the key") == true)
    }

    @Test func `its door closes before anything that it needs`() async throws {
        let parts = try await Self.services(try SecretBox(keys: SecretBox.generateKey()))
        #expect(parts.services.last is Gateway)
        #expect(parts.services.first is RegistryReader)
    }
}
