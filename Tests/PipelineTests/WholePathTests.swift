import Flow
import Foundation
import Liquid
import MockVendor
import Pipeline
import Registry
import Testing

private let notify = PipelineFixture.notify

@Suite(.serialized) struct WholePathTests {
    @Test(.timeLimit(.minutes(2)))
    func `an event becomes a signed request with rendered inputs, and leaves its records`() async throws {
        try await PipelineFixture.run(workflows: notify) { fixture in
            try await fixture.emit("e1", customer: 77)
            let end = try await fixture.runs("end", count: 1)
            #expect(end.first?["end"] == "succeeded")
            let entry = try #require(fixture.vendor.log.entries().first)
            #expect(entry.isSignatureValid == true)
            #expect(entry.action == "slack/send-message")
            #expect(entry.properties["text"] == "Customer 77 moved up")
            let event = try await fixture.runs("event", count: 1)
            #expect(event.first?["started"]?.arrayValue?.count == 1)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a retry keeps its id, and its key's followers wait behind it in order`() async throws {
        let script = """
            rules:
              - action: slack/send-message
                answers: [503, 503, ok]
            """
        try await PipelineFixture.run(script: script, workflows: notify) { fixture in
            for id in 1...5 { try await fixture.emit("e\(id)", customer: 1) }
            _ = try await fixture.runs("end", count: 5)
            let entries = fixture.vendor.log.entries()
            #expect(entries.count == 15)
            var order: [String] = []
            for entry in entries where order.last != entry.runID { order.append(entry.runID) }
            #expect(order.count == 5, "each run's three attempts stand together: no follower came between")
            let waiting = try await fixture.records(of: fixture.topics.waiting("slack"))
            let tombstones = waiting.filter { $0.value == nil }
            #expect(tombstones.count == 5)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a store without the app leaves a visible skip`() async throws {
        try await PipelineFixture.run(workflows: notify) { fixture in
            try await fixture.emit("e1", store: "bare.myshopify.com")
            let event = try await fixture.runs("event", count: 1)
            let reason = event.first?["skipped"]?.arrayValue?.first?["reason"]
            #expect(reason == "connector-not-installed (slack)")
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `the same event again runs nothing and is recorded as a duplicate`() async throws {
        try await PipelineFixture.run(workflows: notify) { fixture in
            try await fixture.emit("e1")
            try await fixture.emit("e1")
            let events = try await fixture.runs("event", count: 2)
            #expect(events.contains { $0["refused"] == "duplicate" })
            _ = try await fixture.runs("end", count: 1)
            #expect(fixture.vendor.log.entries().count == 1)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `poison records go to the dead topic with their bytes and block nobody`() async throws {
        try await PipelineFixture.run(workflows: notify) { fixture in
            let topic = fixture.topics.triggers("loyaltylion")
            let key = Array(PipelineFixture.store.utf8)
            try await fixture.send([
                WireRecord(
                    topic: topic, key: key, value: Array("not json".utf8), headers: [WireHeader("ce_id", "x")]
                ),
                WireRecord(topic: topic, key: key, value: nil),
                WireRecord(topic: fixture.topics.actions("slack"), key: key, value: [1, 2, 3]),
            ])
            try await fixture.emit("bad-type", payload: ["customer_id": "no number"])
            try await fixture.emit("good")
            _ = try await fixture.runs("end", count: 1)
            let dead = try await fixture.deadLetters(count: 4)
            #expect(dead.count == 4)
            #expect(dead.contains { $0.value == Array("not json".utf8) && $0.stage == .trigger })
            #expect(
                dead.contains { $0.value == [1, 2, 3] && $0.stage == .action && $0.connector == "slack" })
            #expect(dead.contains { $0.reason.contains("customer_id") && $0.place.topic == topic })
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a wrong secret is rejected with the vendor's text, and the dead letter keeps the run`() async throws
    {
        try await PipelineFixture.run(workflows: notify, secret: "another") { fixture in
            try await fixture.emit("e1")
            let end = try await fixture.runs("end", count: 1)
            #expect(end.first?["end"] == "rejected")
            #expect(end.first?["reason"]?.stringValue?.contains("401") == true)
            let dead = try await fixture.deadLetters(count: 1)
            #expect(dead.first?.stage == .rejected)
            #expect(dead.first?.actionRun != nil)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a flood of dead letters pauses its connector for all, and goes on when a person lifts that`()
        async throws
    {
        let script = "rules:\n  - { action: slack/send-message, answers: [401] }"
        let stores = [PipelineFixture.store, "second.myshopify.com", "third.myshopify.com"]
        try await PipelineFixture.run(script: script, workflows: notify) { fixture in
            for number in 1...110 {
                try await fixture.emit("e\(number)", store: stores[number % 3], customer: number)
            }
            let id = Pause.id(.connector, "slack")
            let deadline = ContinuousClock.now + PipelineFixture.limit
            while fixture.reader.directory.pauses[id] == nil {
                try #require(ContinuousClock.now < deadline, "no pause came")
                try await fixture.reader.catchUp(within: PipelineFixture.limit)
            }
            #expect(fixture.reader.directory.pauses[id]?.reason?.hasPrefix("flood guard: ") == true)
            for number in 111...130 {
                try await fixture.emit("e\(number)", store: stores[number % 3], customer: number)
            }
            _ = try await fixture.runs("attempt", count: 130)
            fixture.vendor.script = try VendorScript.parse("default: [ok]", file: "repaired.yaml")
            let version = fixture.reader.directory.newest(.pause, id)?.version ?? 0
            try await fixture.change([
                RegistryChange(kind: .pause, id: id, expectedVersion: version, body: nil)
            ])
            let ends = try await fixture.runs("end", count: 130).compactMap { $0["end"]?.stringValue }
            #expect(ends.count { $0 == "rejected" } >= 100)
            #expect(ends.count { $0 == "succeeded" } >= 20)
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: ["html", "close", "no-answer", "503"])
    func `a vendor that never answers well ends in the dead topic after all attempts`(answer: String)
        async throws
    {
        let script = "rules:\n  - action: slack/send-message\n    answers: [\(answer)]"
        try await PipelineFixture.run(script: script, workflows: notify) { fixture in
            try await fixture.emit("e1")
            let end = try await fixture.runs("end", count: 1)
            #expect(end.first?["end"] == "dead")
            let attempts = try await fixture.runs("attempt", count: 4)
            #expect(attempts.compactMap { $0["attempt"]?.integerValue }.sorted() == [1, 2, 3, 4])
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `steps follow each other by the routing slip and read what came before`() async throws {
        let workflow = """
            kind: workflow
            id: chain
            organization: tea-group
            trigger: loyaltylion/moved-up-tier
            steps:
              - id: first
                action: slack/send-message
                inputs: { channel: "#a", text: "one" }
              - wait: 1s
              - if: { field: steps.first.ticket, is: "==", value: T-1 }
                then:
                  - id: second
                    action: tobi/send-sms
                    inputs: { phone: "+1", message: "ticket {{ steps.first.ticket }}" }
                otherwise:
                  - id: other
                    action: slack/send-message
                    inputs: { channel: "#b", text: "no ticket" }
            """
        let script = """
            rules:
              - action: slack/send-message
                answers: [{ return_value: { ticket: T-1 } }]
            """
        try await PipelineFixture.run(script: script, workflows: workflow) { fixture in
            try await fixture.emit("e1")
            let end = try await fixture.runs("end", count: 1)
            #expect(end.first?["end"] == "succeeded")
            let entries = fixture.vendor.log.entries()
            #expect(entries.map(\.action) == ["slack/send-message", "tobi/send-sms"])
            #expect(entries.last?.properties["message"] == "ticket T-1")
            let waited = (entries.last?.time ?? 0) - (entries.first?.time ?? 0)
            #expect(waited >= 1_000)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a run without a connection is held and goes on when one is applied`() async throws {
        let workflow = """
            kind: workflow
            id: points
            organization: tea-group
            trigger: loyaltylion/moved-up-tier
            steps:
              - id: sms
                action: tobi/send-sms
                inputs: { phone: "+1", message: "hello" }
            """
        try await PipelineFixture.run(workflows: workflow) { fixture in
            let changes = fixture.reader.directory.connections["tobi@*"].map { _ in
                RegistryFixtureChange.delete("tobi@*", version: 1)
            }
            try await fixture.change(changes.map { [$0] } ?? [])
            try await fixture.emit("e1")
            let attempts = try await fixture.runs("attempt", count: 1)
            #expect(attempts.first?["outcome"] == "held")
            try await fixture.apply(workflow)
            let end = try await fixture.runs("end", count: 1)
            #expect(end.first?["end"] == "succeeded")
        }
    }

    @Test(
        .timeLimit(.minutes(2)),
        arguments: [
            (Pause.Scope.connector, "tobi"), (.store, PipelineFixture.store), (.workflow, "points"),
            (.endpoint, ""),
        ])
    func `what is paused is kept in order and goes on when it is resumed`(scope: Pause.Scope, name: String)
        async throws
    {
        let workflow = """
            kind: workflow
            id: points
            organization: tea-group
            trigger: loyaltylion/moved-up-tier
            steps:
              - id: sms
                action: tobi/send-sms
                inputs: { phone: "+1", message: "{{ trigger.tierName }}" }
            """
        try await PipelineFixture.run(workflows: workflow) { fixture in
            let address = "http://127.0.0.1:\(try await fixture.vendor.port)"
            let pause = Pause(scope: scope, name: scope == .endpoint ? address : name, reason: "a test")
            try await fixture.change([
                RegistryChange(kind: .pause, id: pause.id, expectedVersion: 0, body: pause.body)
            ])
            for number in 0..<5 {
                try await fixture.emit("e\(number)", payload: ["tierName": .string("\(number)")])
            }
            let attempts = try await fixture.runs("attempt", count: 1)
            #expect(attempts.first?["outcome"] == "held")
            #expect(attempts.first?["reason"]?.stringValue?.contains("a test") == true)
            #expect(fixture.vendor.log.entries().isEmpty)
            try await fixture.change([
                RegistryChange(kind: .pause, id: pause.id, expectedVersion: 1, body: nil)
            ])
            _ = try await fixture.runs("end", count: 5)
            let texts = fixture.vendor.log.entries().map { $0.properties["message"]?.stringValue }
            #expect(texts == ["0", "1", "2", "3", "4"])
        }
    }

    @Test func `what is cancelled ends without being sent, and later events run`() async throws {
        let workflow = """
            kind: workflow
            id: points
            organization: tea-group
            trigger: loyaltylion/moved-up-tier
            steps:
              - id: sms
                action: tobi/send-sms
                inputs: { phone: "+1", message: "{{ trigger.tierName }}" }
            """
        try await PipelineFixture.run(workflows: workflow) { fixture in
            let pause = Pause(scope: .store, name: PipelineFixture.store, reason: "too much of it")
            try await fixture.change([
                RegistryChange(kind: .pause, id: pause.id, expectedVersion: 0, body: pause.body)
            ])
            for number in 0..<3 {
                try await fixture.emit("e\(number)", payload: ["tierName": .string("\(number)")])
            }
            _ = try await fixture.runs("attempt", count: 1)
            // All that was published by now.
            let now = Int64(Date().timeIntervalSince1970 * 1000) + 1
            let cancellation = Cancellation(scope: .workflow, name: "points", before: now, reason: "a test")
            try await fixture.change([
                RegistryChange(
                    kind: .cancellation, id: cancellation.id, expectedVersion: 0, body: cancellation.body)
            ])
            let ends = try await fixture.runs("end", count: 3)
            #expect(ends.map { $0["end"] } == ["cancelled", "cancelled", "cancelled"])
            #expect(ends.first?["reason"]?.stringValue?.contains("a test") == true)
            #expect(fixture.vendor.log.entries().isEmpty)
            try await fixture.change([
                RegistryChange(kind: .pause, id: pause.id, expectedVersion: 1, body: nil)
            ])
            try await fixture.emit("later", payload: ["tierName": "later"])
            _ = try await fixture.runs("end", count: 4)
            #expect(fixture.vendor.log.entries().map { $0.properties["message"]?.stringValue } == ["later"])
        }
    }
}
