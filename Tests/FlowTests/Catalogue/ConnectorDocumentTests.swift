import Flow
import Foundation
import Testing

@Suite struct ConnectorDocumentTests {
    @Test func `a connector is read with all that its document says`() throws {
        let (read, faults) = try CatalogueFixtures.read(CatalogueFixtures.yaml)
        let connector = try #require(read)
        #expect(faults.isEmpty)
        #expect(connector.id == "tea-reviews")
        #expect(connector.notes == ["Hand-made."])
        #expect(connector.types["Mood"] == .enumeration(["GOOD", "BAD"]))
        #expect(connector.types["TextList"] == .alias(.list(.nonNull(.named("String")))))
        #expect(
            connector.types["Photo"]?.parts.map(\.description) == ["String!", "Int", "[String!]", "Mood"])

        let trigger = try #require(connector.trigger("review-created"))
        #expect(trigger.title == "Review created")
        #expect(trigger.constraints == ["seed: once a day"])
        #expect(trigger.fields.map(\.key).prefix(2) == ["customer_id", "rating"])
        #expect(
            trigger.fields[0]
                == FieldDefinition(
                    key: "customer_id", type: .reference(.customer), isRequired: true,
                    description: "The reviewer.", values: [],
                    source: "seed"))
        #expect(!trigger.fields[2].isRequired)
        #expect(trigger.fields[2].source == "author")
        #expect(trigger.fields[6].values == ["good", "bad"])
        #expect(trigger.fields[7].type == .schema("Photo", isList: true))

        let action = try #require(connector.action("hide-review"))
        #expect(action.delivery == .init(channel: .vendorAPI, confidence: .low, inDoubt: .ask))
        #expect(action.returns?.description == "[Photo!]!")
    }

    @Test func `an action that says nothing of its delivery gets Flow's request and is sent again in doubt`()
        throws
    {
        let (connector, faults) = try CatalogueFixtures.read(
            "{id: a, name: A, actions: [{handle: b, title: B}]}")
        #expect(faults.isEmpty)
        #expect(
            connector?.action("b")?.delivery
                == .init(channel: .flowAction, confidence: .high, inDoubt: .resend))
        #expect(connector?.category == "other")
    }

    /// Each fault: what is replaced in the good document by what, and where and as what it is reported.
    @Test(arguments: [
        ("id: tea-reviews", "id: Tea_Reviews", "t.yaml:1:5: id: “Tea_Reviews” should be 1 to 30"),
        ("id: tea-reviews", "ID: x", "t.yaml:1:1: ID is unknown here"),
        (
            "review-created", "a-handle-of-more-than-thirty-characters",
            "t.yaml:10:13: triggers[0].handle: “a-handle"
        ),
        ("handle: hide-review", "handle: ''", "t.yaml:25:13: actions[0].handle is empty"),
        (
            "key: customer_id", "key: customer",
            "t.yaml:15:15: triggers[0].fields[0].key: a customer_reference has the key customer_id"
        ),
        (
            "key: rating", "key: rating_1",
            "t.yaml:16:15: triggers[0].fields[1].key: “rating_1” should be up to 100 letters and spaces"
        ),
        ("key: page", "key: email", "t.yaml:18:15: triggers[0].fields[3].key: email stands here twice"),
        (
            "key: text_1", "key: text.1",
            "t.yaml:31:15: actions[0].fields[1].key: “text.1” should be up to 100 letters, digits"
        ),
        ("type: url", "type: link", "triggers[0].fields[3].type: “link” is no type; one of boolean, email"),
        (
            "type: url", "type: number_integer",
            "t.yaml:18:27: triggers[0].fields[3].type: Flow has no number_integer for triggers"
        ),
        (
            "type: url", "type: schema.Video",
            "t.yaml:18:27: triggers[0].fields[3].type: the type Video is not among"
        ),
        ("type: number_integer", "type: schema.Photo", "Flow has no schema.Photo for actions"),
        ("{key: rating,", "{kee: rating,", "t.yaml:16:10: triggers[0].fields[1].kee is unknown here"),
        (
            "rating, type: number_decimal", "rating, type: number_decimal, values: [a]",
            "only text has allowed values"
        ),
        (
            "required: true}", "required: yes}",
            "triggers[0].fields[1].required: true or false should stand here"
        ),
        (
            "in_doubt: ask", "in_doubt: park",
            "actions[0].delivery.in_doubt: “park” is unknown; one of resend, check-then-resend, ask"
        ),
        ("protocol: vendor-api", "protocol: soap", "“soap” is unknown; one of flow-action, vendor-api"),
        (
            "returns: \"[Photo!]!\"", "returns: Foto",
            "t.yaml:28:14: actions[0].returns: the type Foto is not among"
        ),
        ("width: Int", "width: Integer", "t.yaml:6:10: types.Photo: Integer is no known type"),
        ("width: Int", "width: Int!!", "types.Photo.width: “Int!!” is no type"),
        ("width: Int", "self: Photo", "t.yaml:6:3: types.Photo: contains itself"),
        ("Mood: [GOOD, BAD]", "Mood: {photo: Photo}", "types.Mood: contains itself"),
        ("Mood: [GOOD, BAD]", "Int: [GOOD, BAD]", "t.yaml:7:3: types.Int: a type's name"),
        ("[GOOD, BAD]", "[GOOD, not good]", "t.yaml:7:16: types.Mood: an enum's values are words"),
        ("[GOOD, BAD]", "[]", "types.Mood: a map of members, a list of enum values or a type"),
        ("notes: [Hand-made.]", "notes: [1]", "t.yaml:4:9: notes[0]: text should stand here"),
    ]) func `a fault is named with its place`(good: String, bad: String, report: String) throws {
        let range = try #require(CatalogueFixtures.yaml.range(of: good))
        let yaml = CatalogueFixtures.yaml.replacingCharacters(in: range, with: bad)
        let (connector, faults) = try CatalogueFixtures.read(yaml)
        #expect(connector == nil)
        #expect(faults.contains { $0.contains(report) }, "\(faults)")
    }

    @Test func `all faults of a document are named at once`() throws {
        let (connector, faults) = try CatalogueFixtures.read(
            "{id: A, triggers: [{handle: b, title: B}, {handle: b, title: B}], actions: [{title: 1}], colour: red}"
        )
        #expect(connector == nil)
        #expect(faults.count == 6, "\(faults)")
    }

    @Test(arguments: ["{id: a, name: A}", "{id: a, name: A, triggers: [], actions: []}"])
    func `a connector that offers nothing is refused`(yaml: String) throws {
        let (connector, faults) = try CatalogueFixtures.read(yaml)
        #expect(connector == nil)
        #expect(faults.first?.contains("a connector offers something") ?? false)
    }

    @Test func `types that would unfold without measure are refused`() throws {
        let levels =
            (0..<20).map { "T\($0): {a: T\($0 + 1), b: T\($0 + 1), c: T\($0 + 1)}" } + ["T20: String"]
        let yaml =
            "{id: a, name: A, types: {\(levels.joined(separator: ", "))}, triggers: [{handle: b, title: B}]}"
        #expect(
            try CatalogueFixtures.read(yaml).faults.contains {
                $0.contains("types.T0: contains itself, or is too large")
            })
    }
}
