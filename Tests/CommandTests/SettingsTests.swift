import ArgumentParser
import Configuration
import Flow
import ArgumentParser
import Configuration
import Foundation
import Kafka
import Liquid
import Logging
import TestSupport
import Registry
import Testing

@testable import sluice

/// Where settings come from, and which one wins.
@Suite struct SettingsTests {
    private static func options(_ arguments: [String]) throws -> CommonOptions {
        try CommonOptions.parse(arguments)
    }

    private static func settings(
        _ arguments: [String] = [], environment: [String: String] = [:], file: String? = nil
    ) async throws -> Settings {
        var arguments = arguments
        let directory = try TemporaryDirectory()
        if let file {
            let path = directory.path(of: "sluice.json")
            try file.write(toFile: path, atomically: true, encoding: .utf8)
            arguments += ["--config", path]
        }
        let settings = try await options(arguments).settings(environment: environment)
        withExtendedLifetime(directory) {}
        return settings
    }

    @Test func `options win over the environment, and that over the file`() async throws {
        let file = #"{"prefix": "file", "kafka": {"bootstrapServers": "file:1"}}"#
        let environment = ["SLUICE_PREFIX": "env", "KAFKA_BOOTSTRAP_SERVERS": "env:1"]
        let all = try await Self.settings(
            ["--prefix", "option", "--bootstrap-servers", "option:1"], environment: environment, file: file)
        #expect(all.topics.prefix == "option")
        #expect(try all.kafka().bootstrapServers == "option:1")
        let two = try await Self.settings(environment: environment, file: file)
        #expect(two.topics.prefix == "env")
        #expect(try two.kafka().bootstrapServers == "env:1")
        let one = try await Self.settings(file: file)
        #expect(one.topics.prefix == "file")
        #expect(try one.kafka().bootstrapServers == "file:1")
        #expect(try await Self.settings().topics.prefix == "sluice")
    }

    @Test func `an empty variable counts as none`() async throws {
        let settings = try await Self.settings(
            environment: ["KAFKA_BOOTSTRAP_SERVERS": ""], file: #"{"kafka": {"bootstrapServers": "file:1"}}"#)
        #expect(try settings.kafka().bootstrapServers == "file:1")
    }

    @Test func `without servers it is wrong use that names the option and the variable`() async throws {
        let settings = try await Self.settings()
        let error = #expect(throws: CommandError.self) { try settings.kafka() }
        #expect(error?.code == .wrongUse)
        #expect(error?.remedy?.contains("--bootstrap-servers") == true)
        #expect(error?.remedy?.contains("KAFKA_BOOTSTRAP_SERVERS") == true)
    }

    @Test func `Kafka's properties come from all three, as they are`() async throws {
        let settings = try await Self.settings(
            ["--bootstrap-servers", "a:1", "--kafka-property", "sasl.password=a=b"],
            environment: ["KAFKA_PROPERTIES_SASL_USERNAME": "env", "KAFKA_PROPERTIES_SASL_PASSWORD": "env"],
            file:
                #"{"kafka": {"properties": {"sasl.username": "file", "ssl": {"ca.location": "/ca"}, "a.b": 1, "c": true}}}"#
        )
        #expect(
            try settings.kafka().properties == [
                "sasl.username": "env", "sasl.password": "a=b", "ssl.ca.location": "/ca", "a.b": "1",
                "c": "true",
            ])
    }

    @Test func `roles read their settings from the environment and the file`() async throws {
        let settings = try await Self.settings(
            environment: ["SLUICE_SENDER_MAX_IN_FLIGHT": "7"],
            file: #"{"sender": {"maxInFlight": 3, "other": 4}}"#)
        #expect(settings.config.int(forKey: "sender.maxInFlight") == 7)
        #expect(settings.config.int(forKey: "sender.other") == 4)
    }

    @Test func `the key for secrets is found, or it is said how to make one`() async throws {
        let error = await #expect(throws: CommandError.self) { try await Self.settings().secretBox() }
        #expect(error?.code == .wrongUse)
        #expect(error?.remedy?.contains("sluice secrets generate-key") == true)
        let key = "k1:" + Data(repeating: 1, count: 32).base64EncodedString()
        let settings = try await Self.settings(environment: ["SLUICE_SECRETS_KEYS": key])
        #expect(try settings.secretBox().sealingKeyID == "k1")
    }

    @Test(arguments: [
        ["--prefix", "a b"], ["--prefix", ""], ["--kafka-property", "x"], ["--kafka-property", "=x"],
        ["--config", "/nowhere/sluice.json"],
    ])
    func `what can't be used is wrong use`(arguments: [String]) async throws {
        let error = await #expect(throws: CommandError.self) { try await Self.settings(arguments) }
        #expect(error?.code == .wrongUse)
    }

    @Test func `a password that lacks its key is not shown`() async throws {
        let error = await #expect(throws: CommandError.self) {
            try await Self.settings(["--kafka-property", "=secret"])
        }
        #expect(error.map { ErrorReport($0)?.text.contains("secret") } == false)
    }

    @Test(arguments: [
        ("{\n  \"a\": }", ":2:8"), ("[1]", "sluice.json"), (#"{"kafka": {"properties": 3}}"#, "sluice.json"),
        (#"{"kafka": {"properties": {"a": [1]}}}"#, "sluice.json"),
    ])
    func `a wrong file is named with its place`(file: String, place: String) async throws {
        let error = await #expect(throws: CommandError.self) { try await Self.settings(file: file) }
        #expect(error?.code == .wrongUse)
        #expect(error?.place?.hasSuffix(place) == true, "\(String(describing: error))")
    }

    @Test func `places count lines and characters from 1`() {
        #expect(TextPlace(offset: 0, in: Array("ab".utf8)).description == "1:1")
        #expect(TextPlace(offset: 6, in: Array("ä\nöx".utf8)).description == "2:3")
        #expect(TextPlace(offset: 99, in: Array("ab".utf8)).description == "1:3")
    }
}
