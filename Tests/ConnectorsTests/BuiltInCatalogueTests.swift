import Connectors
import Flow
import Foundation
import Testing

@Suite struct BuiltInCatalogueTests {
    private static let seeds = UInt64(0)..<200
    private static let time = "2026-11-24T09:30:00Z"

    @Test func `the catalogue has 53 apps, 60 triggers and 42 actions`() throws {
        let catalogue = try Catalogue.builtIn()
        #expect(catalogue.connectors.map(\.id) == Apps.ids)
        #expect(catalogue.connectors.count == 53)
        #expect(catalogue.connectors.flatMap(\.triggers).count == 60)
        #expect(catalogue.connectors.flatMap(\.actions).count == 42)
        let fields = catalogue.connectors.flatMap {
            $0.triggers.flatMap(\.fields) + $0.actions.flatMap(\.fields)
        }
        #expect(fields.count == 581)
        #expect(fields.count { $0.source == "inferred" } == 505)
        let deliveries = catalogue.connectors.flatMap(\.actions).map(\.delivery)
        #expect(deliveries.count { $0.channel == .vendorAPI } == 20)
        #expect(deliveries.count { $0.inDoubt == .ask } == 5)
    }

    @Test func `the list is sorted and names every folder`() throws {
        #expect(Apps.ids == Apps.ids.sorted())
        let folder = try ResourceFolder.find(override: nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/Apps")
        #expect(names.filter { !$0.hasSuffix(".md") }.sorted() == Apps.ids)
    }

    @Test func `every sample payload is valid`() throws {
        for (connector, trigger, seed) in try samples(\.triggers) {
            var generator = SeededGenerator(seed: seed)
            let payload = SamplePayload.make(
                for: trigger, types: connector.types, using: &generator, at: Self.time)
            let problems = trigger.validate(payload, types: connector.types)
            guard problems.isEmpty, payload.jsonBytes.count < 50_000 else {
                Issue.record(
                    "\(connector.id)/\(trigger.handle), seed \(seed): \(problems) in \(payload.jsonText)")
                continue
            }
        }
    }

    @Test func `every sample's properties are valid`() throws {
        for (connector, action, seed) in try samples(\.actions) {
            var generator = SeededGenerator(seed: seed)
            let problems = action.validate(SamplePayload.make(for: action, using: &generator, at: Self.time))
            guard problems.isEmpty else {
                Issue.record("\(connector.id)/\(action.handle), seed \(seed): \(problems)")
                continue
            }
        }
    }

    /// A seed that is lost in a single field, or a field that is always the same, would show here.
    @Test func `samples of one trigger vary`() throws {
        var texts: [String: Set<String>] = [:]
        for (connector, trigger, seed) in try samples(\.triggers) {
            var generator = SeededGenerator(seed: seed)
            let payload = SamplePayload.make(
                for: trigger, types: connector.types, using: &generator, at: Self.time)
            texts["\(connector.id)/\(trigger.handle)", default: []].insert(payload.jsonText)
        }
        #expect(texts.count == 60)
        #expect(texts.filter { $0.value.count < 100 }.keys.sorted() == [])
    }

    /// Each trigger, or action, with each seed.
    private func samples<Offer>(
        _ offers: KeyPath<ConnectorDefinition, [Offer]>
    ) throws -> [(connector: ConnectorDefinition, offer: Offer, seed: UInt64)] {
        try Catalogue.builtIn().connectors.flatMap { connector in
            connector[keyPath: offers].flatMap { offer in Self.seeds.map { (connector, offer, $0) } }
        }
    }

    /// The source tree would do for these tests, but no installation has it.
    @Test func `the files are found beside the executable`() throws {
        #expect(try ResourceFolder.find(override: nil).path.hasSuffix(ResourceFolder.bundleName))
    }

    @Test func `the example of the README is a connector`() throws {
        let folder = try ResourceFolder.find(override: nil)
        let text = try String(contentsOfFile: "\(folder.path)/Apps/README.md", encoding: .utf8)
        let example = try #require(
            text.components(separatedBy: "```yaml\n").dropFirst().first?.components(separatedBy: "```").first)
        let sink = DiagnosticSink(file: "README.md")
        let document = try #require(try DocumentNode.parse(yaml: example).first)
        let connector = ConnectorDefinition(document: document, sink: sink)
        #expect(connector?.id == "tea-reviews", "\(sink.items)")
    }
}
