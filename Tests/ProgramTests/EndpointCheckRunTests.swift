import Connectors
import Flow
import Foundation
import Liquid
import Logging
import MockVendor
import Outgoing
import Testing

@testable import sluice

/// `connectors check` against the mock vendor: what an app does, and what the report says of it.
@Suite(.timeLimit(.minutes(5))) struct EndpointCheckRunTests {
    typealias Check = CheckFinding.Check
    typealias Verdict = CheckFinding.Verdict

    private static let secret = Array("hush".utf8)

    struct Row: Sendable, CustomTestStringConvertible {
        let what: String
        var secrets = [EndpointCheckRunTests.secret]
        var answers: [ScriptedAnswer] = [.ok]
        let found: [Check: Verdict]
        var says = ""

        var testDescription: String { what }
    }

    /// The mock vendor takes whatever inputs, and is on this machine.
    private static let always: [Check: Verdict] = [
        .connection: .warn, .missingInputs: .warn, .asksAgain: .skip,
    ]
    private static let refused: [Check: Verdict] = [
        .connection: .warn, .rightSignature: .fail, .asksAgain: .skip, .sameID: .skip, .missingInputs: .skip,
        .returnValue: .skip, .body: .skip,
    ]

    private static func with(_ changes: [Check: Verdict], _ all: [Check: Verdict] = always) -> [Check:
        Verdict]
    {
        all.merging(changes) { $1 }
    }

    static let rows = [
        Row(what: "an app that does all right", found: always, says: "sender.allowedNetworks"),
        Row(
            what: "a wrong status", answers: [.status(201)], found: refused,
            says: "answer 200: no other status counts as done"),
        Row(
            what: "202, then 200", answers: [.status(202), .ok],
            found: [.connection: .warn, .missingInputs: .warn], says: "the same request again, once"),
        Row(
            what: "signatures are not checked", secrets: [],
            found: with([.noSignature: .fail, .wrongSignature: .fail]), says: "answer 401 where they differ"),
        Row(
            what: "another secret", secrets: [Array("other".utf8)],
            found: with([.noSignature: .warn, .wrongSignature: .warn], refused), says: "proves nothing"),
        Row(
            what: "an oversized return value",
            answers: [.returnValue(.string(String(repeating: "x", count: 60_000)))],
            found: with([.returnValue: .fail]), says: "the limit is 50000"),
        Row(
            what: "a slow answer", answers: [.slow(.milliseconds(3_000), then: .ok)],
            found: with([.time: .fail], refused), says: "no answer in time"),
        Row(
            what: "a closed connection", answers: [.close], found: refused,
            says: "the connection was closed without an answer"),
        Row(
            what: "an HTML page of errors", answers: [.html], found: refused,
            says: "HTTP 502: 502 Bad Gateway Bad Gateway The app didn"),
        Row(
            what: "no JSON", answers: [.garbage], found: with([.body: .warn]),
            says: "not JSON: {\"return_value\": oops"),
        Row(
            what: "a redirect",
            answers: [
                .respond(
                    CannedResponse(
                        status: 307,
                        headers: [CannedResponse.Header(name: "Location", value: "https://b.example/flow")]))
            ], found: with([.redirects: .fail], refused), says: "HTTP 307 to https://b.example/flow"),
    ]

    private static func played(
        _ url: String, policy: AddressPolicy = .loopback
    ) async throws -> EndpointCheck {
        let action = CheckedAction(
            ActionReference(connector: "slack", handle: "send-message"), properties: ["text": "hello"],
            store: "tea-house.myshopify.com", nonce: "n")
        let run = EndpointCheckRun(secret: secret, shopID: 7, timeout: .seconds(2), policy: policy)
        return try await run.play(EndpointCheck(action, endpoint: url))
    }

    @Test(arguments: rows) func `the report says what the app does`(row: Row) async throws {
        let vendor = MockVendorConfiguration(
            secrets: row.secrets, script: VendorScript(defaultAnswers: row.answers), silenceLimit: .seconds(5)
        )
        try await withMockVendor(vendor, logger: Logger(label: "test")) { vendor, _ in
            let check = try await Self.played(try await vendor.endpoint(of: "slack"))
            let others = check.findings.filter { $0.verdict != .pass }
            #expect(Dictionary(uniqueKeysWithValues: others.map { ($0.check, $0.verdict) }) == row.found)
            let text = EndpointReport(check).text
            #expect(text.contains(row.says), "\(text)")
            #expect(vendor.log.stats.requests == check.exchanges.count, "a request went out unseen")
        }
    }

    @Test func `the report has a line for each check, and the same as JSON`() async throws {
        let vendor = MockVendorConfiguration(secrets: [Self.secret])
        try await withMockVendor(vendor, logger: Logger(label: "test")) { vendor, _ in
            let url = try await vendor.endpoint(of: "slack")
            let report = EndpointReport(try await Self.played("\(url)?token=t0p"))
            let lines = report.text.split(separator: "\n")
            #expect(lines.count { $0.hasPrefix("PASS ") } == 8, "\(report.text)")
            #expect(lines.count { $0.hasPrefix("        do: ") } == 2)
            #expect(lines.last == "8 passed, 2 warned, 1 skipped; 5 requests")
            #expect(report.json["passed"] == true)
            #expect(report.json["url"] == .string(url))
            #expect(report.json["checks"]?.arrayValue?.count == Check.allCases.count)
            #expect(report.json["checks"]?.arrayValue?.first?["result"] == "warn")
            #expect(!(report.text + report.json.jsonText).contains("t0p"))
            // All but the one that lacks inputs are one run.
            #expect(Set(vendor.log.entries().map(\.runID)).count == 2)
        }
    }

    @Test func `an address that is not allowed is not called`() async throws {
        let check = try await Self.played("http://10.255.255.1/flow", policy: .loopback)
        #expect(check.exchanges.count == 1)
        #expect(check.findings.first?.verdict == .fail)
        #expect(check.findings.first?.came.contains("10.255.255.1, a private address") == true)
        #expect(check.findings.first?.remedy?.contains("--allow-network") == true)
        #expect(throws: CommandError.self) { try EndpointReport(check).throwIfFailed() }
    }

    /// The secret in a file, as a user has it.
    private static func withSecretFile(
        _ text: String, _ body: (String) async throws -> Void
    ) async throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "sluice-secret-\(UInt64.random(in: .min ... .max))").path(percentEncoded: false)
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }  // the system clears it, too
        try await body(path)
    }

    @Test func `the command ends with 0 where nothing failed, and with 1 where something did`() async throws {
        let vendor = MockVendorConfiguration(secrets: [Self.secret])
        try await withMockVendor(vendor, logger: Logger(label: "test")) { vendor, _ in
            let url = try await vendor.endpoint(of: "loyaltylion")
            let arguments = [
                "connectors", "check", url, "--connector", "loyaltylion", "--action", "add-points", "--store",
                "tea-house.myshopify.com", "--shop-id", "7", "--output", "json", "--secret-file",
            ]
            try await Self.withSecretFile("hush\n") {
                #expect(await SluiceCommand.run(arguments + [$0]) == .done)
            }
            let right = vendor.log.entries().filter { $0.isSignatureValid == true }
            #expect(right.map(\.handle) == ["add-points", "add-points", "add-points"])
            #expect(right.first?.properties["points"] != nil)
            #expect(right.last?.properties["points"] == nil)
            try await Self.withSecretFile("other") {
                #expect(await SluiceCommand.run(arguments + [$0]) == .failed)
            }
        }
    }

    private static let url = "https://a.example/flow"

    @Test(arguments: [
        [url, "--secret-file", "/nowhere"], [url, "--secret-env", "NO_SUCH_VARIABLE_HERE"],
        [url, "--secret-file", "FILE", "--connector", "slck", "--action", "send-message"],
        [url, "--secret-file", "FILE", "--connector", "slack", "--action", "send"],
        [url, "--secret-file", "FILE", "--connector", "okendo", "--action", "send"],
        [url, "--secret-file", "FILE", "--allow-network", "10.0.0.1/8"],
        [url, "--secret-file", "FILE", "--properties", "/nowhere"],
    ]) func `what the command can't use is wrong use, and nothing is sent`(arguments: [String]) async throws {
        try await Self.withSecretFile("hush") { file in
            let arguments = arguments.map { $0 == "FILE" ? file : $0 }
            #expect(await SluiceCommand.run(["connectors", "check"] + arguments) == .wrongUse)
        }
    }

    @Test func `a secret is read without the line break that an editor adds`() async throws {
        #expect(try CheckSecret.read(variable: "A", file: nil, environment: ["A": "hush"]) == Self.secret)
        try await Self.withSecretFile("hush\r\n") { path in
            let read = try CheckSecret.read(variable: nil, file: path)
            #expect(read == Self.secret)
        }
        try await Self.withSecretFile("\n") { path in
            #expect(throws: CommandError.self) { try CheckSecret.read(variable: nil, file: path) }
        }
    }
}
