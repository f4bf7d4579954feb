import Flow
import Kafka
import Liquid
import Testing

@testable import Registry

@Suite("RegistryWriter", .timeLimit(.minutes(2))) struct RegistryWriterTests {
    @Test func `changes make the round through the topic`() async throws {
        let fixture = try RegistryFixture()
        let results = try await fixture.withWriter { writer, reader in
            let results = try await writer.apply([
                RegistryFixture.change("tea"), RegistryFixture.change("coffee"),
            ])
            #expect(reader.directory.organizations.keys.sorted() == ["coffee", "tea"])
            return results
        }
        #expect(results.map(\.outcome) == [.won, .won])
        #expect(results.map(\.version) == [1, 1])
        try await fixture.withReader { reader in
            #expect(reader.directory.organizations["tea"]?.name == "Tea")
        }
    }

    @Test func `a change from an old version is refused and not written`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withWriter { writer, reader in
            _ = try await writer.apply([RegistryFixture.change("tea")])
            let late = try await writer.apply([RegistryFixture.change("tea", from: 0, name: "Late")])
            #expect(late.map(\.outcome) == [.changedMeanwhile(newest: 1)])
            #expect(
                late.first?.description
                    == "organization tea: changed meanwhile (version 1, not 0); apply again")
            #expect(reader.directory.organizations["tea"]?.name == "Tea")
        }
        #expect(try await fixture.records().count == 1)
    }

    @Test func `a deletion is a version, too`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withWriter { writer, reader in
            _ = try await writer.apply([RegistryFixture.change("tea")])
            let gone = RegistryChange(kind: .organization, id: "tea", expectedVersion: 1, body: nil)
            #expect(try await writer.apply([gone]).map(\.outcome) == [.won])
            #expect(reader.directory.organizations["tea"] == nil)
            #expect(try await writer.apply([RegistryFixture.change("tea", from: 2)]).map(\.version) == [3])
            #expect(reader.history?.versions(.organization, "tea").map(\.version) == [3, 2, 1])
        }
    }

    @Test func `two changes of one entity in one call: the first wins`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withWriter { writer, reader in
            let results = try await writer.apply([
                RegistryFixture.change("tea", name: "First"), RegistryFixture.change("tea", name: "Second"),
            ])
            #expect(results.first?.outcome == .won)
            guard case .lost(let winner)? = results.last?.outcome else {
                Issue.record("\(results)")
                return
            }
            #expect(reader.directory.winner(.organization, "tea", version: 1) == winner)
            #expect(
                results.last?.description == "organization tea: changed meanwhile (by \(winner)); apply again"
            )
        }
        // The loser's key was removed.
        let tombstones = try await fixture.records().filter { $0.value == nil }
        #expect(tombstones.count == 1)
    }

    @Test func `versions before the last ten are removed`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withWriter { writer, reader in
            for version in 0..<12 {
                let results = try await writer.apply([
                    RegistryFixture.change("tea", from: version, name: "\(version)")
                ])
                #expect(results.map(\.outcome) == [.won])
            }
            try await reader.catchUp(within: RegistryFixture.limit)
            #expect(
                reader.history?.versions(.organization, "tea").map(\.version) == Array((3...12).reversed()))
        }
        let tombstones = try await fixture.records().filter { $0.value == nil }.map {
            $0.key.split(separator: "/")[2]
        }
        #expect(tombstones.sorted() == ["1", "2"])
    }

    @Test func `more changes than fit one send`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withWriter { writer, reader in
            let results = try await writer.apply((0..<2500).map { RegistryFixture.change("o\($0)") })
            #expect(results.allSatisfy { $0.outcome == .won })
            #expect(reader.directory.organizations.count == 2500)
        }
    }

    @Test func `a record that Kafka refuses is named, the others are written`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withWriter { writer, reader in
            let large = String(repeating: "x", count: 3_000_000)
            let results = try await writer.apply([
                RegistryFixture.change("tea"), RegistryFixture.change("big", name: large),
            ])
            #expect(results.map(\.isDone) == [true, false])
            #expect(results.last?.description.hasPrefix("organization big: not written:") == true)
            #expect(reader.directory.organizations.keys.sorted() == ["tea"])
        }
    }

    @Test func `what needs a change that lost is held back, and what needs that one, too`() async throws {
        let fixture = try RegistryFixture()
        @Sendable func change(_ id: String, from version: Int = 0, needs: Set<String> = []) -> RegistryChange
        {
            RegistryChange(
                kind: .organization, id: id, expectedVersion: version, body: ["id": .string(id)], needs: needs
            )
        }
        try await fixture.withWriter { writer, reader in
            _ = try await writer.apply([change("taken")])
            let results = try await writer.apply([
                change("last", needs: ["organization/middle"]), change("taken"), change("free"),
                change("middle", needs: ["organization/taken"]),
                change("happy", needs: ["organization/free", "organization/not-here"]),
            ])
            #expect(
                results.map(\.outcome) == [
                    .needLost("organization/middle"), .changedMeanwhile(newest: 1), .won,
                    .needLost("organization/taken"), .won,
                ])
            #expect(results.first?.description.contains("held back, because organization/middle") == true)
            #expect(reader.directory.organizations.keys.sorted() == ["free", "happy", "taken"])
        }
    }

    @Test func `a writer needs a reader with history`() async throws {
        let fixture = try RegistryFixture()
        try await fixture.withReader(historyOf: []) { reader in
            let error = #expect(throws: RegistryError.self) {
                try RegistryWriter(reader, logger: fixture.logger)
            }
            #expect(error == .historyNeeded)
        }
    }

    /// Each round both want to write the same two entities from the same version: every version has exactly one
    /// winner, each writer is told the truth, and both see the same in the end, as does a third reader.
    @Test func `two writers at once`() async throws {
        let fixture = try RegistryFixture()
        let wins = try await fixture.withWriter { first, firstReader in
            try await fixture.withWriter { second, secondReader in
                var wins: [String: Int] = [:]
                for round in 0..<50 {
                    let directory = firstReader.directory
                    func changes(_ writer: String) -> [RegistryChange] {
                        ["tea", "coffee"].map { id in
                            RegistryFixture.change(
                                id, from: directory.newest(.organization, id)?.version ?? 0,
                                name: "\(writer)-\(round)")
                        }
                    }
                    async let a = first.apply(changes("a"))
                    async let b = second.apply(changes("b"))
                    let results = try await [("a", a), ("b", b)]
                    try await firstReader.catchUp(within: RegistryFixture.limit)
                    try await secondReader.catchUp(within: RegistryFixture.limit)
                    for (index, id) in ["tea", "coffee"].enumerated() {
                        let winners = results.filter { $0.1[index].isDone }.map(\.0)
                        #expect(winners.count == 1, "round \(round): \(results)")
                        let name = try #require(winners.first)
                        wins[name, default: 0] += 1
                        #expect(firstReader.directory.organizations[id]?.name == "\(name)-\(round)")
                    }
                    #expect(firstReader.directory.organizations == secondReader.directory.organizations)
                }
                return wins
            }
        }
        #expect(wins.values.reduce(0, +) == 100)
        try await fixture.withReader { reader in
            #expect(reader.directory.newest(.organization, "tea")?.version == 50)
            #expect(reader.directory.newest(.organization, "coffee")?.version == 50)
        }
    }
}
