import Flow
import Kafka
import Liquid
import MockVendor
import Pipeline
import Registry
import Testing
import Workers

/// Actions by the vendors' own APIs, from the event to the mock vendor that answers as they do.
@Suite(.serialized) struct VendorPathTests {
    private static func workflow(_ action: String, _ inputs: String) -> String {
        """
        kind: workflow
        id: act
        organization: tea-group
        trigger: loyaltylion/moved-up-tier
        steps:
          - id: act
            action: \(action)
            inputs: \(inputs)
        """
    }

    private static let message = workflow("slack/send-message", "{ channel: C1, text: Hello }")
    private static let card = workflow(
        "trello/create-card", "{ listId: 5abbe4b7ddc1b351ef961414, name: Card }")
    private static let row = workflow(
        "google-sheets/add-row", #"{ spreadsheetId: s1, sheetName: Orders, row: '["a"]' }"#)
    private static let letter = workflow(
        "scribeless/add-recipient",
        "{ campaignId: c1, firstName: Ada, lastName: L, addressLine: 1 Road, city: Bristol, postalCode: BS1, country: GB }"
    )
    private static let campaign = workflow(
        "klaviyo/create-campaign", "{ listId: L1, templateId: T1, subject: Sale, fromEmail: a@tea.example }")

    /// Runs the body beside all roles, with one connector whose connection has these members.
    private static func run(
        _ connector: String, _ members: String, script: String = "default: [ok]", workflow: String,
        _ body: @Sendable (PipelineFixture) async throws -> Void
    ) async throws {
        try await PipelineFixture.run(
            script: script, connectors: ["loyaltylion", connector], workflows: ""
        ) { fixture in
            try await fixture.applyAPI(connector, members, workflow: workflow)
            try await body(fixture)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a message reaches the vendor in its own protocol, after a failure that comes with 200`()
        async throws
    {
        let script =
            "rules:\n  - { action: slack/send-message, answers: [{ vendor: service_unavailable }, ok] }"
        try await Self.run(
            "slack", "credentials: { token: xoxb-1 }", script: script, workflow: Self.message
        ) { fixture in
            try await fixture.emit("e1")
            let end = try await fixture.runs("end", count: 1)
            #expect(end.first?["end"] == "succeeded")
            let attempts = try await fixture.runs("attempt", count: 2)
            #expect(attempts.first?["reason"]?.stringValue?.contains("service_unavailable") == true)
            #expect(fixture.vendor.log.stats.faults == 0)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `what the vendor refuses waits, and goes on when the connection is set again`() async throws {
        let script = "rules:\n  - { action: slack/send-message, answers: [{ vendor: token_revoked }] }"
        try await Self.run(
            "slack", "credentials: { token: xoxb-1 }", script: script, workflow: Self.message
        ) { fixture in
            try await fixture.emit("e1", customer: 1)
            let held = try await fixture.runs("attempt", count: 1)
            #expect(held.first?["outcome"] == "held")
            #expect(held.first?["reason"]?.stringValue?.contains("token_revoked") == true)
            // Another run doesn't ask the vendor.
            try await fixture.emit("e2", customer: 2)
            _ = try await fixture.runs("attempt", count: 2)
            #expect(fixture.vendor.log.entries().count == 1)
            let directory = fixture.reader.directory
            #expect(directory.refusal(of: "slack@*")?.reason?.contains("token_revoked") == true)
            fixture.vendor.script = try VendorScript.parse("default: [ok]", file: "repaired.yaml")
            let edit = ConnectionEdit(id: "slack@*", credentials: ["token": "xoxb-2"], settings: [:])
            try await fixture.change([
                try edit.change(in: directory, catalogue: fixture.catalogue, box: fixture.box)
            ])
            let ends = try await fixture.runs("end", count: 2)
            #expect(ends.allSatisfy { $0["end"] == "succeeded" })
            #expect(fixture.reader.directory.refusal(of: "slack@*") == nil)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a token that ended is refreshed once, and its runs are sent`() async throws {
        let script = "rules:\n  - { action: slack/send-message, answers: [{ vendor: token_expired }, ok] }"
        let members = """
            token_url: ${BASE}/oauth/slack/token
            credentials: { refresh_token: r-0, client_id: id, client_secret: hush, access_token: old }
            """
        try await Self.run("slack", members, script: script, workflow: Self.message) { fixture in
            for number in 1...10 { try await fixture.emit("e\(number)", customer: number) }
            let ends = try await fixture.runs("end", count: 10)
            #expect(ends.allSatisfy { $0["end"] == "succeeded" })
            // The first token, whoever used it, is renewed; tokens that the vendor calls expired once more are, too.
            let refreshes = fixture.vendor.log.stats.refreshes
            #expect((1...10).contains(refreshes))
            #expect(fixture.reader.directory.authorizations["slack@*"]?.state == .active)
            #expect(fixture.vendor.log.stats.faults == 0)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `what may have been done is looked for before it is done again`() async throws {
        let script = "rules:\n  - { action: trello/create-card, answers: [lost, ok] }"
        try await Self.run(
            "trello", "credentials: { key: k, token: t }", script: script, workflow: Self.card
        ) { fixture in
            for number in 1...5 { try await fixture.emit("e\(number)", customer: number) }
            let ends = try await fixture.runs("end", count: 5)
            #expect(ends.allSatisfy { $0["end"] == "succeeded" })
            let stats = fixture.vendor.log.stats
            #expect(stats.actedRuns == 5)
            #expect(stats.actedAgain == 0)
            #expect(stats.faults == 0)
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [("trello", 60_000), ("google-sheets", 180_000)])
    func `what may still be under way at the vendor is not looked for at once`(
        connector: String, delay: Int64
    ) async throws {
        let google = "{ refresh_token: r, client_id: c, client_secret: s, access_token: t }"
        let (action, members, workflow) =
            connector == "trello"
            ? ("create-card", "credentials: { key: k, token: t }", Self.card)
            : ("add-row", "credentials: \(google)\nsettings: { run_id_column: H }", Self.row)
        try await PipelineFixture.run(
            script: "rules:\n  - { action: \(connector)/\(action), answers: [no-answer] }",
            connectors: ["loyaltylion", connector], workflows: "", lookUpDelay: .seconds(60)
        ) { fixture in
            try await fixture.applyAPI(connector, members, workflow: workflow)
            try await fixture.emit("e1")
            let attempt = try await fixture.runs("attempt", count: 1).first
            #expect(attempt?["outcome"] == "retry")
            #expect(attempt?["delay_ms"]?.integerValue == delay)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `what the vendor surely did not do is not looked for`() async throws {
        let throttle = "answers: [{ status: 429, retry_after: 0 }, ok]"
        let script = "rules:\n  - { action: trello/create-card, \(throttle) }"
        try await Self.run(
            "trello", "credentials: { key: k, token: t }", script: script, workflow: Self.card
        ) { fixture in
            try await fixture.emit("e1")
            #expect(try await fixture.runs("end", count: 1).first?["end"] == "succeeded")
            let entries = fixture.vendor.log.entries()
            #expect(entries.count == 2)
            #expect(entries.allSatisfy { $0.kind != .lookUp })
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `where a look doesn't tell a person decides, and what is sent then is not looked for`()
        async throws
    {
        let script = """
            rules:
              - { action: loyaltylion/add-points, answers: [no-answer, { status: 429, retry_after: 0 }, ok] }
              - { action: "loyaltylion/call:customer's transactions", answers: [{ vendor: endless }] }
            """
        try await PipelineFixture.run(
            script: script, connectors: ["loyaltylion"], workflows: ""
        ) { fixture in
            try await fixture.applyAPI(
                "loyaltylion", "credentials: { api_key: k }",
                workflow: Self.workflow(
                    "loyaltylion/add-points", "{ customer_id: '77', points: '5', reason: Tier }"))
            try await fixture.emit("e1")
            let attempts = try await fixture.runs("attempt", count: 2)
            #expect(attempts.compactMap { $0["outcome"]?.stringValue } == ["retry", "in-doubt"])
            let doubt = try await fixture.doubt(of: "loyaltylion")
            let before = fixture.vendor.log.entries().count
            let record = DecisionRecord(key: doubt.note.run, decision: .send).record(
                topic: doubt.partition.topic, partition: doubt.partition.partition)
            try await fixture.send([record])
            #expect(try await fixture.runs("end", count: 1).first?["end"] == "succeeded")
            // The throttle says nothing about the first attempt, which a person has looked for.
            let entries = fixture.vendor.log.entries().dropFirst(before)
            #expect(entries.count == 2)
            #expect(entries.allSatisfy { $0.kind != .lookUp })
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: ["lost", "no-answer", "{ vendor: broken }"])
    func `a paid letter that nobody knows of is not sent again unasked, and then as is decided`(
        answer: String
    )
        async throws
    {
        let script = "rules:\n  - { action: scribeless/add-recipient, answers: [\(answer), ok] }"
        try await Self.run(
            "scribeless", "credentials: { api_key: k }", script: script, workflow: Self.letter
        ) { fixture in
            try await fixture.emit("e1")
            let attempts = try await fixture.runs("attempt", count: 1)
            #expect(attempts.first?["outcome"] == "in-doubt")
            let doubt = try await fixture.doubt(of: "scribeless")
            #expect(fixture.vendor.log.entries().count == 1)
            #expect(doubt.inputs?["firstName"] == "Ada")
            let record = DecisionRecord(key: doubt.note.run, decision: .send).record(
                topic: doubt.partition.topic, partition: doubt.partition.partition)
            try await fixture.send([record])
            let end = try await fixture.runs("end", count: 1)
            #expect(end.first?["end"] == "succeeded")
            #expect(fixture.vendor.log.entries().count == 2)
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `of three calls none is made twice, though the last one fails at first`() async throws {
        // A throttle leaves no doubt; its wait is the shortest that there is.
        let throttle = "answers: [{ status: 429, retry_after: 0 }, ok]"
        let script = "rules:\n  - { action: \"klaviyo/call:send campaign\", \(throttle) }"
        try await Self.run(
            "klaviyo", "credentials: { api_key: pk_1 }", script: script, workflow: Self.campaign
        ) { fixture in
            try await fixture.emit("e1")
            let end = try await fixture.runs("end", count: 1)
            #expect(end.first?["end"] == "succeeded")
            let attempts = try await fixture.runs("attempt", count: 4)
            let outcomes = attempts.compactMap { $0["outcome"]?.stringValue }
            #expect(outcomes == ["proceeded", "proceeded", "retry", "succeeded"])
            #expect(fixture.vendor.log.stats.faults == 0)
        }
    }
}

extension PipelineFixture {
    /// A store with the apps, a connection to the mock vendor's API, and a workflow.
    func applyAPI(_ connector: String, _ members: String, workflow: String) async throws {
        let base = "http://127.0.0.1:\(try await vendor.port)"
        let text = """
            kind: store
            domain: \(Self.store)
            organization: tea-group
            apps: [loyaltylion, \(connector)]
            ---
            kind: connection
            connector: \(connector)
            api_base: \(base)/api/\(connector)
            \(members.replacing("${BASE}", with: base))
            ---
            \(workflow)
            """
        let manifest = try Manifest(yaml: text, file: "api.yaml", variables: [:])
        let plan = try manifest.plan(
            against: reader.directory, catalogue: catalogue, options: ManifestOptions(secretBox: box))
        try await change(plan.changes)
    }

    /// The run that waits for a decision, as soon as it does.
    func doubt(of connector: String) async throws -> DoubtfulRun {
        let deadline = ContinuousClock.now + Self.limit
        let reader = try PartitionReader(kafka, logger: logger)
        var found: DoubtfulRun?
        while found == nil, ContinuousClock.now < deadline {
            let doubts = DoubtReader(topics: topics, reader: reader)
            found = try await doubts.withInputs(doubts.runs(of: [connector: 2])).first
        }
        await reader.close()
        return try #require(found, "nothing waits for a decision")
    }
}
