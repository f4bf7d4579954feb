import Flow
import Testing

/// The samples of the built-in connectors are tested with these.
@Suite struct SamplePayloadTests {
    private let time = "2026-11-24T09:30:00Z"

    @Test func `equal seeds make equal bytes, and others vary`() throws {
        let connector = try #require(try CatalogueFixtures.read(CatalogueFixtures.yaml).connector)
        func sample(_ seed: UInt64) -> [UInt8] {
            var generator = SeededGenerator(seed: seed)
            return SamplePayload.make(
                for: connector.triggers[0], types: connector.types, using: &generator, at: time
            ).jsonBytes
        }
        #expect(sample(7) == sample(7))
        #expect(Set((0..<200).map { sample($0) }).count == 200)
    }

    @Test func `a generator goes on from sample to sample`() throws {
        let connector = try #require(try CatalogueFixtures.read(CatalogueFixtures.yaml).connector)
        var generator = SeededGenerator(seed: 1)
        let first = SamplePayload.make(for: connector.actions[0], using: &generator, at: time)
        #expect(SamplePayload.make(for: connector.actions[0], using: &generator, at: time) != first)
    }

    @Test func `dates lie about the event's moment`() throws {
        let field = FieldDefinition(
            key: "endsAt", type: .singleLineText, isRequired: true, description: "", values: [],
            source: "author")
        let trigger = TriggerDefinition(
            handle: "a", title: "A", description: "", constraints: [], fields: [field])
        var generator = SeededGenerator(seed: 3)
        let sample = SamplePayload.make(for: trigger, types: [:], using: &generator, at: time)
        let date = try #require(sample["endsAt"]?.stringValue.flatMap { UTCDate(iso: $0) })
        let start = try #require(UTCDate(iso: time))
        #expect((start.adding(seconds: 2 * 86_400)...start.adding(seconds: 14 * 86_400)).contains(date))
        #expect(
            SamplePayload.make(for: trigger, types: [:], using: &generator, at: "soon")["endsAt"]?.stringValue
                == "soon")
    }

    @Test func `lists within lists do not multiply`() throws {
        let levels =
            (0..<100).map { "T\($0): {a: \"[T\($0 + 1)!]!\"}" } + ["T100: \"[[[[[[[Int!]!]!]!]!]!]!]!\""]
        let (connector, faults) = try CatalogueFixtures.read(
            """
            id: a
            name: A
            types: {\(levels.dropFirst(2).joined(separator: ", "))}
            triggers: [{handle: b, title: B, fields: [{key: c, type: "schema.T2[]", required: true}]}]
            """)
        let trigger = try #require(connector?.triggers.first, "\(faults)")
        var generator = SeededGenerator(seed: 5)
        let types = try #require(connector?.types)
        let sample = SamplePayload.make(for: trigger, types: types, using: &generator, at: time)
        #expect(sample.jsonBytes.count < 5000)
        #expect(trigger.validate(sample, types: types) == [])
    }
}
