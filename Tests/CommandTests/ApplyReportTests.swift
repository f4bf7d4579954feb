import Flow
import Liquid
import Testing

@testable import Registry
@testable import sluice

/// What `apply` says it did.
@Suite struct ApplyReportTests {
    private static func item(_ id: String, _ before: JSON?, _ after: JSON?) -> ApplyPlan.Item {
        ApplyPlan.Item(kind: .workflow, id: id, version: before == nil ? 0 : 3, before: before, after: after)
    }

    private static let plan = ApplyPlan(
        items: [
            item("new", nil, ["a": 1]), item("same", ["a": 1], ["a": 1]), item("other", ["a": 1], ["a": 2]),
            item("gone", ["a": 1], nil),
        ], warnings: [])

    private static func applied(_ id: String, _ outcome: AppliedChange.Outcome) -> AppliedChange {
        let change = plan.changes.first { $0.id == id }
        return AppliedChange(
            change: change ?? RegistryChange(kind: .workflow, id: id, expectedVersion: 0, body: nil),
            version: 4,
            outcome: outcome)
    }

    @Test func `a dry run counts what would change`() throws {
        let report = ApplyReport(plan: Self.plan, isDryRun: true)
        #expect(report.summary == "dry run: 1 created, 1 changed, 1 unchanged, 1 deleted")
        #expect(report.json["created"] == 1)
        #expect(report.json["dry_run"] == true)
        #expect(throws: Never.self) { try report.throwIfAnyFailed() }
    }

    @Test func `a lost race is a failure that says so, and the rest stands`() throws {
        let report = ApplyReport(
            plan: Self.plan,
            applied: [
                Self.applied("new", .won), Self.applied("other", .lost(to: "abc")),
                Self.applied("gone", .won),
            ])
        #expect(report.summary == "1 created, 0 changed, 1 unchanged, 1 deleted, 1 not written")
        let error = #expect(throws: CommandError.self) { try report.throwIfAnyFailed() }
        #expect(error?.code == .failed)
        #expect(error?.details.count == 1)
        #expect(error?.details.first?.contains("workflow other: changed meanwhile") == true)
        let versions = report.rows.map(\.version)
        #expect(versions == [4, 3, 3, 4])
    }

    @Test func `what was sealed again is listed, but for what was not written`() throws {
        var plan = Self.plan
        plan.resealed = ["a@*", "b@*"]
        let report = ApplyReport(plan: plan, isDryRun: true)
        #expect(report.summary.hasSuffix("\nsealed again: a@*, b@*"))
        #expect(report.json["resealed"] == ["a@*", "b@*"])
    }

    @Test func `secrets are never shown, only the names of their keys`() throws {
        let connection = Connection(
            connector: "slack", store: nil, endpoint: "https://app.example.com:8443/flow/T0KEN?key=T0KEN",
            secrets: [SealedText(keyID: "k1", sealed: "c2VhbGVk")])
        var directory = Directory()
        directory.apply(
            RegistryEntry(kind: .connection, id: connection.id, version: 1, nonce: "n", body: connection.body)
        )
        let list = EntityList(.connection, in: directory, Catalogue([]))
        let item = try #require(list[connection.id])
        #expect(item["secrets"] == .array([["key_id": "k1"]]))
        #expect(item["version"] == 1)
        #expect(!list.json.prettyText.contains("c2VhbGVk"))
        #expect(list.table().rows == [["slack@*", "https://app.example.com:8443", "ok", "1"]])
        #expect(item["endpoint_host"] == "https://app.example.com:8443")
        #expect(!list.json.prettyText.contains("T0KEN"))
        #expect(list["other@*"] == nil)
    }
}
