import Flow
import Kafka
import Liquid
import Testing

@testable import Registry

@Suite("RegistryState") struct RegistryStateTests {
    private static let partition = TopicPartition(topic: "r", partition: 0)

    private func record(_ offset: Int64, _ key: String, _ value: String?) -> ConsumedRecord {
        ConsumedRecord(
            topicPartition: Self.partition, offset: offset, key: Array(key.utf8),
            value: value.map { Array($0.utf8) })
    }

    private static func organization(_ name: String) -> String {
        #"{"format":1,"body":{"id":"tea","name":"\#(name)"}}"#
    }

    @Test func `the first record of a version wins`() {
        var state = RegistryState(historyOf: .all)
        #expect(state.take(record(0, "organization/tea/1/a", Self.organization("first"))) == nil)
        #expect(state.take(record(1, "organization/tea/1/b", Self.organization("second"))) == nil)
        #expect(state.directory.organizations["tea"]?.name == "first")
        #expect(state.history?.superfluousKeys(.organization, "tea") == ["organization/tea/1/b"])
        #expect(state.position == 2)
    }

    @Test func `a tombstone forgets a key and changes nothing else`() {
        var state = RegistryState(historyOf: .all)
        _ = state.take(record(0, "organization/tea/1/a", Self.organization("first")))
        _ = state.take(record(1, "organization/tea/1/b", Self.organization("second")))
        #expect(state.take(record(2, "organization/tea/1/b", nil)) == nil)
        #expect(state.history?.superfluousKeys(.organization, "tea") == [])
        #expect(state.directory.organizations["tea"]?.name == "first")
        #expect(state.take(record(3, "what is this", nil)) == nil)
    }

    @Test func `a loser that outlived its winner's tombstone doesn't come to life`() {
        var state = RegistryState(historyOf: .all)
        _ = state.take(record(5, "organization/tea/7/z", Self.organization("newest")))
        _ = state.take(record(6, "organization/tea/2/b", Self.organization("old loser")))
        #expect(state.directory.organizations["tea"]?.name == "newest")
        #expect(state.history?.superfluousKeys(.organization, "tea") == ["organization/tea/2/b"])
    }

    @Test(arguments: ["", "nonsense", #"{"format":2,"body":{}}"#, #"{"format":1,"body":{"id":5}}"#, "{"])
    func `an unreadable value is remarked, holds its version, and leaves the entity as it was`(
        _ value: String
    ) {
        var state = RegistryState(historyOf: .all)
        _ = state.take(record(0, "organization/tea/1/a", Self.organization("first")))
        let remark = state.take(record(1, "organization/tea/2/b", value))
        #expect(remark?.key == "organization/tea/2/b")
        #expect(state.directory.organizations["tea"]?.name == "first")
        #expect(state.directory.newest(.organization, "tea")?.version == 2)
        #expect(state.take(record(2, "organization/tea/2/c", Self.organization("late"))) == nil)
        #expect(state.directory.organizations["tea"]?.name == "first")
    }

    @Test(arguments: [
        "", "x", "planet/tea/1/a", "organization/tea/9223372036854775807/a", "organization/tea/1000000001/a",
        "organization/tea/one/a", "organization/tea/0/a", "organization/1/a",
    ])
    func `a key of another form is remarked`(_ key: String) {
        var state = RegistryState(historyOf: [])
        #expect(state.take(record(0, key, Self.organization("x")))?.offset == 0)
        #expect(state.directory.organizations.isEmpty)
    }

    @Test func `only the last ten versions are kept`() {
        var state = RegistryState(historyOf: .all)
        for version in 1...13 {
            _ = state.take(
                record(Int64(version), "organization/tea/\(version)/n", Self.organization("v\(version)")))
        }
        #expect(
            state.history?.superfluousKeys(.organization, "tea")
                == ["organization/tea/1/n", "organization/tea/2/n", "organization/tea/3/n"])
        #expect(state.history?.versions(.organization, "tea").first?.version == 13)
    }

    /// Whatever writers do and whatever the cleaner removes, a late reader sees what an early one does.
    @Test(arguments: 0..<100) func `a reader of the compacted log agrees with one of the whole log`(
        _ seed: UInt64
    ) throws {
        var generator = SeededGenerator(seed: seed)
        var early = RegistryState(historyOf: .all)
        var log: [ConsumedRecord] = []
        func append(_ key: String, _ value: String?) {
            let next = record(Int64(log.count), key, value)
            log.append(next)
            _ = early.take(next)
        }
        for round in 0..<60 {
            let id = "e\(Int.random(in: 0..<3, using: &generator))"
            let version = (early.directory.newest(.organization, id)?.version ?? 0) + 1
            for writer in 0..<Int.random(in: 1...3, using: &generator) {
                let deleted = Int.random(in: 0..<6, using: &generator) == 0
                let body = #"{"id":"\#(id)","name":"\#(round)-\#(writer)"}"#
                append(
                    "organization/\(id)/\(version)/\(round)-\(writer)",
                    deleted ? #"{"format":1,"deleted":true}"# : #"{"format":1,"body":\#(body)}"#)
            }
            if Bool.random(using: &generator) {
                for key in try #require(early.history).superfluousKeys(.organization, id) { append(key, nil) }
            }
        }
        var late = RegistryState(historyOf: .all)
        for record in Self.compacted(log, &generator) { _ = late.take(record) }
        #expect(late.directory.organizations == early.directory.organizations)
        for id in ["e0", "e1", "e2"] {
            #expect(
                late.directory.newest(.organization, id)?.nonce
                    == early.directory.newest(.organization, id)?.nonce)
        }
    }

    /// What the log cleaner leaves of the older part: the last record of each key, tombstones perhaps.
    private static func compacted(_ log: [ConsumedRecord], _ generator: inout SeededGenerator)
        -> [ConsumedRecord]
    {
        let dirty = Int.random(in: 0...log.count, using: &generator)
        var last: [[UInt8]: Int64] = [:]
        for record in log[..<dirty] { last[record.key ?? []] = record.offset }
        let keepsTombstones = Bool.random(using: &generator)
        let clean = log[..<dirty].filter { record in
            last[record.key ?? []] == record.offset && (record.value != nil || keepsTombstones)
        }
        return clean + log[dirty...]
    }
}
