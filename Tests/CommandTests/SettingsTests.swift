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
import Pipeline
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

    @Test func `a variable that looks like a setting's and is none is told of, without its value`() {
        let warnings = MistypedVariables.warnings([
            "SLUICE_SENDER_CONCURENCY": "7", "SLUICE_SECRETS_KEY": "k:secret", "SLUICE_PREFIX": "x",
            "SLUICE_SENDER_RETRY_BASE_MS": "1", "SLUICE_CONSUMER_FETCH_WAIT_MS": "1",
            "SLUICE_EXAMPLE_SECRET": "x", "SLUICE_TEST_OUTPUT": "x", "SLUICE_SLACK_SECRET": "x", "SLACK": "x",
        ])
        #expect(
            warnings == [
                "nothing reads the variable SLUICE_SECRETS_KEY; is it meant to be SLUICE_SECRETS_KEYS?",
                "nothing reads the variable SLUICE_SENDER_CONCURENCY; is it meant to be SLUICE_SENDER_CONCURRENCY?",
            ])
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

    @Test func `names with dots mean the same as nested objects, for Kafka's properties, too`() async throws {
        let settings = try await Self.settings(
            ["--bootstrap-servers", "a:1"],
            file:
                #"{"kafka.properties": {"a.b": "1"}, "kafka.properties.c": "2", "kafka": {"properties.d": "3"}}"#
        )
        #expect(try settings.kafka().properties == ["a.b": "1", "c": "2", "d": "3"])
    }

    @Test func `roles read their settings from the environment and the file`() async throws {
        let settings = try await Self.settings(
            environment: ["SLUICE_SENDER_CONCURRENCY": "7"],
            file:
                #"{"sender": {"concurrency": 3, "openLimit": 4, "retry": {"maxAttempts": 5}}, "matcher.batchRecords": 6}"#
        )
        let roles = try Self.roles(settings)
        #expect(roles.sender.concurrency == 7)
        #expect(roles.sender.openLimit == 4)
        #expect(roles.sender.retry.maxAttempts == 5)
        #expect(roles.matcher.batchRecords == 6)
    }

    private static func roles(_ settings: Settings) throws -> RoleSettings {
        try RoleSettings(
            settings.config, catalogue: Catalogue([]), connectors: nil, instance: nil, delivery: nil)
    }

    @Test func `every number has a range, and its default is within it`() async throws {
        let settings = try await Self.settings()
        #expect(throws: Never.self) { try Self.roles(settings) }
    }

    @Test(arguments: [
        (#"{"sender": {"concurency": 3}}"#, "there is no setting sender.concurency"),
        (#"{"sendr": {"concurrency": 3}}"#, "there is no setting sendr.concurrency"),
        (#"{"sender": 3}"#, "there is no setting sender"),
        (
            #"{"sender": {"concurrency": "3"}}"#,
            #"sender.concurrency is "3"; allowed: a whole number from 1 to 10000"#
        ),
        (
            #"{"sender.concurrency": 2.5}"#,
            "sender.concurrency is 2.5; allowed: a whole number from 1 to 10000"
        ),
        (
            #"{"sender": {"concurrency": 0}}"#,
            "sender.concurrency is 0; allowed: a whole number from 1 to 10000"
        ),
        (
            #"{"sender": {"retry": {"capMs": true}}}"#,
            "sender.retry.capMs is true; allowed: a whole number from 10 to 86400000"
        ),
        (#"{"instance": 5}"#, "instance is 5; allowed: text, in quotes"),
        (#"{"prefix": null}"#, "prefix is null; allowed: text, in quotes"),
        (
            #"{"registry": {"secretsKeys": [1234567]}}"#,
            "registry.secretsKeys is a list; allowed: text, in quotes"
        ),
    ])
    func `what the file says and nobody understands is refused with key and value`(
        file: String, message: String
    ) async throws {
        let error = await #expect(throws: CommandError.self) { try await Self.settings(file: file) }
        #expect(error?.code == .wrongUse)
        #expect(error?.what == message)
        #expect(error?.place?.hasSuffix("sluice.json") == true)
    }

    @Test(arguments: ["2.5", "many", "0"])
    func `a variable that is no such number is refused, too`(value: String) async throws {
        let settings = try await Self.settings(environment: ["SLUICE_SENDER_CONCURRENCY": value])
        let error = #expect(throws: CommandError.self) { try Self.roles(settings) }
        #expect(error?.code == .wrongUse)
        #expect(error?.what.hasPrefix("sender.concurrency is ") == true)
    }

    @Test func `the key for secrets is found, and one that can't be used is said how to make`() async throws {
        #expect(try await Self.settings().optionalSecretBox()?.sealingKeyID == nil)
        let key = "k1:" + Data(repeating: 1, count: 32).base64EncodedString()
        let settings = try await Self.settings(environment: ["SLUICE_SECRETS_KEYS": key])
        #expect(try settings.optionalSecretBox()?.sealingKeyID == "k1")
        let wrong = try await Self.settings(environment: ["SLUICE_SECRETS_KEYS": "k1:short"])
        let error = #expect(throws: RegistryError.self) { try wrong.optionalSecretBox() }
        #expect(error.flatMap { ErrorReport($0) }?.remedy?.contains("sluice secrets generate-key") == true)
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
