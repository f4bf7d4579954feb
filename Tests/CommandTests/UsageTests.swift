import ArgumentParser
import Testing

@testable import sluice

/// Command lines that can't be parsed, and those that can.
@Suite struct UsageTests {
    private static let run = "1b6f5c8e-2a57-8e1c-9c1d-3d1f0c4a9b2e"

    static let wrong: [[String]] = [
        ["bogus"], ["connectors", "show"], ["connectors", "check"],
        ["connectors", "check", "https://a.b/flow"], ["connectors", "check", "a.b", "--secret-env", "S"],
        ["connectors", "check", "https://a.b", "--secret-env", "S", "--secret-file", "f"],
        ["connectors", "check", "https://a.b", "--secret-env", "S", "--connector", "slack"],
        ["connectors", "check", "https://a.b", "--secret-env", "S", "--timeout", "0"],
        ["connectors", "check", "https://a.b", "--secret-env", "S", "--poll-timeout", "0"],
        ["connectors", "check", "https://a.b", "--secret-env", "S", "--store", "a b"],
        ["get", "cats"], ["topics", "create", "--partitions", "x"],
        ["topics", "create", "--partitions", "0"], ["apply"], ["emit", "a/b"],
        ["emit", "a/b", "--store", "s", "--stores", "3"], ["emit", "a/b", "--store", "a b"],
        ["emit", "a/b", "--store", "s", "--count", "0"], ["emit", "a/b", "--store", "s", "--rate", "0"],
        ["dead", "list", "--limit", "0"], ["dead", "list", "--stage", "x"],
        ["dead", "replay", "--all", "--rate", "0"], ["dead", "discard", "--all", "--max", "0"],
        ["dead", "histogram", "--limit", "0"], ["dead", "replay", "--state", "x"],
        ["mock-vendor", "--port", "70000"], ["verify", "--events", "0"], ["verify", "--listen", "host"],
        ["verify", "--failures", "101"],
        ["pause"], ["pause", "slack"], ["pause", "app", "slack"],
        ["pause", "connector", "slack", "--reason", ""],
        ["pause", "endpoint", "hooks.example.com/token"],
        ["resume", "connector"], ["resume", "workflow", "w", "--reason", "x"],
        ["cancel", "workflow"], ["cancel", "flow", "w"],
        ["cancel", "workflow", "w", "--reason", String(repeating: "x", count: 501)],
        ["in-doubt", "send"], ["in-doubt", "skip", "7"], ["in-doubt", "send", run, "--all"],
        ["in-doubt", "list", run],
        ["connections", "set", "slack@*"], ["connections", "set", "--drop-previous"],
        ["verify", "--endpoint", "ftp://x"], ["verify", "--endpoint", "x"],
        ["get", "stores", "--output", "xml"], ["get", "stores", "--log-level", "loud"],
    ]

    @Test(arguments: wrong)
    func `wrong use exits 2 with a message`(arguments: [String]) async throws {
        do {
            _ = try await SluiceCommand.asyncParseAsRoot(arguments)
            Issue.record("\(arguments) were taken")
        } catch {
            let failure = try #require(UsageFailure(error, of: SluiceCommand.self))
            #expect(failure.report.code == .wrongUse)
            #expect(!failure.report.what.isEmpty)
            #expect(!failure.report.what.hasPrefix("Error"))
            #expect(UsageFailure.help(error, of: SluiceCommand.self) == nil)
        }
    }

    static let right: [[String]] = [
        ["connectors", "list"],
        ["connectors", "check", "http://[::1]:3000/flow", "--secret-env", "S", "--shop-id", "7"],
        ["get", "store", "a.b"], ["get", "workflows", "--output", "json"],
        ["emit", "all", "--stores", "10", "--count", "5", "--rate", "0.5", "--watch"],
        ["emit", "a/b", "--store", "s", "--set", "a=1", "--set", "b.c=2", "--seed", "7", "--dry-run"],
        ["apply", "-f", "a", "-f", "b", "--prune", "--kafka-property", "a=b"], ["dead", "show", "1/2"],
        ["pause", "endpoint", "https://a.b", "--reason", "x", "--force"], ["resume", "store", "a.b"],
        ["cancel", "workflow", "w", "--before", "15m", "--reason", "x", "--force", "--output", "json"],
        ["in-doubt", "list"], ["in-doubt", "send", run, run], ["in-doubt", "skip", "--all"],
        ["connections", "set", "slack@*", "--secret", "env:A", "--ingest-token", "file:b"],
        ["connections", "set", "slack@*", "--webhook-secret", "env:A", "--drop-previous"],
        ["get", "pauses"], ["get", "authorizations"], ["get", "cancellation", "workflow/w"],
        ["verify", "--listen", "[::1]:0", "--endpoint", "http://a.b", "--keep"], ["verify", "--clean"],
    ]

    @Test(arguments: right)
    func `right use is taken`(arguments: [String]) async throws {
        _ = try await SluiceCommand.asyncParseAsRoot(arguments)
    }

    @Test(arguments: [["--help"], ["emit", "--help"], ["--version"]])
    func `a request for help is no failure`(arguments: [String]) async {
        #expect(await SluiceCommand.run(arguments) == .done)
    }

    @Test func `help names every kind that get shows`() {
        let help = GetCommand.helpMessage()
        for kind in EntityKind.allCases { #expect(help.contains(kind.rawValue)) }
    }

    @Test func `the form of errors follows the command line, also one that can't be parsed`() {
        #expect(OutputFormat.wanted(by: ["get", "x", "--output", "json"]) == .json)
        #expect(OutputFormat.wanted(by: ["--output=json"]) == .json)
        #expect(OutputFormat.wanted(by: ["--output", "table"]) == .table)
        #expect(OutputFormat.wanted(by: ["json", "--output"]) == .table)
        #expect(OutputFormat.wanted(by: ["--", "--output", "json"]) == .table)
    }
}
