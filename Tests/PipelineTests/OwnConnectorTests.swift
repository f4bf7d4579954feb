import Flow
import Foundation
import Kafka
import Liquid
import MockVendor
import Pipeline
import Registry
import Testing

/// The connector of docs/own-connector.yaml, on its whole path.
@Suite(.serialized, .timeLimit(.minutes(2))) struct OwnConnectorTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/own-connector.yaml")
        .path(percentEncoded: false)

    private static func event(_ id: String, level: String) -> TriggerEvent {
        TriggerEvent(
            identity: EventIdentity(
                source: "tea-club", store: "tea-club.myshopify.com", id: id,
                trigger: TriggerReference(connector: "tea-club", handle: "member-joined")),
            payload: ["customer_id": 77, "level": .string(level)])
    }

    private static func apply(_ fixture: PipelineFixture) async throws {
        let manifest = try Manifest.load(
            paths: [file], variables: ["MOCK_VENDOR": "http://127.0.0.1:\(try await fixture.vendor.port)"])
        let options = ManifestOptions(
            environment: ["SLUICE_EXAMPLE_SECRET": PipelineFixture.secret], secretBox: fixture.box)
        let plan = try manifest.plan(
            against: fixture.reader.directory, catalogue: fixture.catalogue, options: options)
        try await fixture.change(plan.changes)
    }

    private static func createTopics(_ fixture: PipelineFixture) throws {
        for topic in [
            fixture.topics.triggers("tea-club"), fixture.topics.actions("tea-club"),
            fixture.topics.waiting("tea-club"),
        ] {
            try fixture.cluster.createTopic(topic, partitions: 2)
        }
    }

    @Test func `one that is applied while everything runs is served once its topics are there`() async throws
    {
        try await PipelineFixture.run(workflows: PipelineFixture.notify, takesOwn: true) { fixture in
            try await Self.apply(fixture)
            // Without its topics it holds up nobody.
            try await fixture.emit("e1")
            _ = try await fixture.runs("end", count: 1)
            try Self.createTopics(fixture)
            try await fixture.send(
                [Self.event("e1", level: "bud"), Self.event("e2", level: "leaf")].map {
                    $0.record(fixture.topics)
                })
            _ = try await fixture.runs("end", count: 2)
            let entry = try #require(fixture.vendor.log.entries().last)
            #expect(entry.action == "tea-club/send-gift")
            #expect(entry.isSignatureValid == true)
            #expect(entry.properties["gift"] == "A box of bud tea")
            #expect(entry.properties["customer_id"] == 77)
            let events = try await fixture.runs("event", count: 3)
            #expect(events.count { $0["started"]?.arrayValue?.isEmpty == false } == 2, "a leaf gets none")
            try await fixture.emit("e2")
            _ = try await fixture.runs("end", count: 3)
        }
    }

    @Test func `what a change takes away is refused from then on, and what it adds is served`() async throws {
        try await PipelineFixture.run(workflows: PipelineFixture.notify, takesOwn: true) { fixture in
            try Self.createTopics(fixture)
            try await Self.apply(fixture)
            try await fixture.send([Self.event("e1", level: "bud").record(fixture.topics)])
            _ = try await fixture.runs("end", count: 1)
            let text = try String(contentsOfFile: Self.file, encoding: .utf8)
                .replacing("[leaf, bud, blossom]", with: "[leaf, blossom]")
            let connector = try #require(text.components(separatedBy: "\n---\n").first)
            let plan = try Manifest(yaml: connector, file: "changed.yaml", variables: [:]).plan(
                against: fixture.reader.directory, catalogue: fixture.catalogue, options: ManifestOptions())
            try await fixture.change(plan.changes)
            try await fixture.send(
                ["bud", "blossom"].map { Self.event("e-\($0)", level: $0).record(fixture.topics) })
            _ = try await fixture.runs("end", count: 2)
            let dead = try await fixture.deadLetters(count: 1)
            #expect(dead.first?.stage == .trigger)
            #expect(dead.first?.reason.contains("level") == true)
        }
    }
}
