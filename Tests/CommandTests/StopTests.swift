import ArgumentParser
import Connectors
import Flow
import Kafka
import Liquid
import Pipeline
import Registry
import Testing

@testable import sluice

/// Which names may be paused and cancelled, before which moment, and which runs in doubt are decided about.
@Suite struct StopTests {
    private static let minute: Int64 = 60_000

    @Test func `a moment is the brokers', however wrong this machine's clock is`() throws {
        let brokers: Int64 = 1_764_000_000_000
        for local in [brokers - 5 * Self.minute, brokers, brokers + 5 * Self.minute] {
            let now = try CancelMoment(nil, brokerTime: brokers, localTime: local)
            #expect(now.before == brokers)
            #expect(now.isBrokerTime)
            let earlier = try CancelMoment("15m", brokerTime: brokers, localTime: local)
            #expect(earlier.before == brokers - 15 * Self.minute)
            // No moment is after now.
            let later = try CancelMoment("2199-01-01", brokerTime: brokers, localTime: local)
            #expect(later.before == brokers)
        }
    }

    @Test func `where brokers stamp nothing this machine's clock counts, and is named`() throws {
        let moment = try CancelMoment("1h", brokerTime: nil, localTime: 100 * Self.minute)
        #expect(moment.before == 40 * Self.minute)
        #expect(!moment.isBrokerTime)
        let mock = try CancelMoment(nil, brokerTime: 1234, localTime: 100 * Self.minute)
        #expect(mock == (try CancelMoment(nil, brokerTime: nil, localTime: 100 * Self.minute)))
        let error = #expect(throws: CommandError.self) {
            try CancelMoment("yesterday", brokerTime: nil, localTime: 0)
        }
        #expect(error?.code == .wrongUse)
        #expect(error?.place == "--before")
    }

    /// A registry that had more than it has.
    private static func names() throws -> StopNames {
        var (directory, history) = (Directory(builtIn: try .builtIn()), RegistryHistory())
        func connection(_ endpoint: String) -> JSON {
            ["connector": "slack", "endpoint": .string(endpoint), "sealed_secrets": .array([])]
        }
        let workflow: JSON = [
            "id": "old", "store": "gone.example", "trigger": "okendo/review-created", "steps": .array([]),
        ]
        let entries: [(RegistryEntry.Kind, String, Int, JSON?)] = [
            (.store, "gone.example", 1, ["domain": "gone.example"]), (.workflow, "old", 1, workflow),
            (.connection, "slack@*", 1, connection("https://old.example/hook/token")),
            (.connection, "slack@*", 2, connection("https://new.example:8443/hook")),
            (.workflow, "old", 2, nil), (.store, "gone.example", 2, nil),
        ]
        for (kind, id, version, body) in entries {
            let entry = RegistryEntry(kind: kind, id: id, version: version, nonce: "a", body: body)
            directory.apply(entry)
            history.add(entry, hasWon: true)
        }
        return StopNames(directory: directory, history: history)
    }

    @Test func `what is gone may still have runs, so its name will do`() throws {
        let names = try Self.names()
        #expect(names.directory.workflows["old"] == nil)
        #expect(names.directory.stores["gone.example"] == nil)
        let known: [(Pause.Scope, String)] = [
            (.workflow, "old"), (.store, "gone.example"), (.endpoint, "https://old.example"),
            (.endpoint, "https://new.example:8443"), (.connector, "slack"),
        ]
        for (scope, name) in known {
            #expect(throws: Never.self, "\(scope) \(name)") { try names.check(scope, name) }
        }
    }

    @Test func `a name that nobody knows is a failure with the list to look at`() throws {
        let names = try Self.names()
        let unknown: [(Pause.Scope, String, String)] = [
            (.workflow, "olt", "sluice get workflows"), (.store, "gone.exmaple", "sluice get stores"),
            (.endpoint, "https://old.example:1", "sluice get connections"),
            (.connector, "slak", "sluice connectors list"),
        ]
        for (scope, name, listing) in unknown {
            let error = #expect(throws: CommandError.self) { try names.check(scope, name) }
            #expect(error?.code == .failed)
            #expect(error?.what == "there is no \(scope.rawValue) “\(name)”, and the registry remembers none")
            #expect(error?.remedy?.contains(listing) == true)
            #expect(error?.remedy?.contains("--force") == true)
        }
        let listener = try #require(names.catalogue.connectors.first { $0.actions.isEmpty })
        let error = #expect(throws: CommandError.self) { try names.check(.connector, listener.id) }
        #expect(error?.what.contains("has no actions") == true)
    }

    private static func doubtful(_ number: UInt64) -> DoubtfulRun {
        DoubtfulRun(
            partition: TopicPartition(topic: "sluice.actions.slack", partition: 0),
            note: StartNote(
                run: RunKey(id: RunID(high: 0x8000, low: number), replay: 0), store: "a.b",
                position: Int64(number), policy: .ask, doubt: nil))
    }

    @Test func `only runs that are in doubt are decided about, and then all that were named`() throws {
        let found = (1...3).map { Self.doubtful($0) }
        let ids = found.map(\.note.run.id.description)
        #expect(try DoubtTargets.parse(["--all"]).runs(of: found) == found)
        #expect(try DoubtTargets.parse([ids[2], ids[0]]).runs(of: found) == [found[0], found[2]])
        #expect(try DoubtTargets.parse(["--all"]).runs(of: []).isEmpty)
        let targets = try DoubtTargets.parse([ids[0], RunID(high: 0x8000, low: 9).description])
        let error = #expect(throws: CommandError.self) { try targets.runs(of: found) }
        #expect(error?.what == "not in doubt: \(RunID(high: 0x8000, low: 9))")
        #expect(error?.remedy == "list those that are with: sluice in-doubt list")
    }
}
