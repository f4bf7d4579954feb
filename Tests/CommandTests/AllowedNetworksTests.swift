import ArgumentParser
import Configuration
import Connectors
import Flow
import Foundation
import Outgoing
import TestSupport
import Testing

@testable import sluice

/// `sender.allowedNetworks`, from the environment and from the file.
@Suite struct AllowedNetworksTests {
    private static func policy(_ text: String? = nil) throws -> AddressPolicy {
        let environment = text.map { ["SLUICE_SENDER_ALLOWED_NETWORKS": $0] } ?? [:]
        return try policy(ConfigReader(provider: EnvironmentNames.provider(environment)))
    }

    private static func policy(_ config: ConfigReader) throws -> AddressPolicy {
        try RoleSettings(
            config, catalogue: Catalogue.builtIn(), connectors: [], instance: nil, delivery: nil
        ).addresses
    }

    @Test func `nothing is allowed unless it is named`() throws {
        #expect(try Self.policy() == AddressPolicy())
    }

    @Test(arguments: ["127.0.0.0/8,private,fd00:ec2::254", " 127.0.0.0/8 , private, fd00:ec2::254 "])
    func `the variable's words are joined by commas`(text: String) throws {
        let policy = try Self.policy(text)
        #expect(
            policy.allowed.map(\.description) == [
                "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",
                "fd00:ec2::254/128",
            ])
    }

    @Test func `the file holds the same text`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path(of: "sluice.json")
        try #"{"sender": {"allowedNetworks": "10.1.0.0/16, 127.0.0.1"}}"#
            .write(toFile: path, atomically: true, encoding: .utf8)
        let settings = try await CommonOptions.parse(["--config", path]).settings(environment: [:])
        let policy = try Self.policy(settings.config)
        #expect(policy.allowed.map(\.description) == ["10.1.0.0/16", "127.0.0.1/32"])
        withExtendedLifetime(directory) {}
    }

    @Test(arguments: ["10.0.0.1/8", "localhost", "private,", "10.0.0.0/40", "*"])
    func `a word that is none is wrong use that names it`(text: String) {
        let error = #expect(throws: CommandError.self) {
            try Self.policy(text)
        }
        #expect(error?.code == .wrongUse)
        #expect(error.map { "\($0)".contains("sender.allowedNetworks") } == true)
    }
}
