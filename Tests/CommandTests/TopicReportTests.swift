import Flow
import Kafka
import Pipeline
import Testing

@testable import sluice

/// What `topics create` says.
@Suite struct TopicReportTests {
    private static let names = Topics()

    private static func row(_ name: String, _ outcome: TopicReport.Outcome, partitions: Int32 = 4)
        -> TopicReport.Row
    {
        TopicReport.Row(topic: NewTopic(name: name, partitions: partitions, replication: 1), outcome: outcome)
    }

    @Test func `counts what became of the topics`() throws {
        let report = TopicReport(
            Self.names,
            rows: [
                Self.row("a", .created), Self.row("b", .existed(partitions: 4)),
                Self.row("c", .existed(partitions: 2)),
            ])
        #expect(report.summary == "1 created, 2 existed, 0 failed")
        #expect(
            report.table.rows.map { $0[3] } == ["created", "existed", "existed with 2 partitions, not 4"])
        #expect(report.json["topics"]?.arrayValue?.count == 3)
        #expect(throws: Never.self) { try report.throwIfAnyFailed() }
    }

    @Test func `too few brokers name the option`() throws {
        let report = TopicReport(
            Self.names, rows: [Self.row("a", .failed(code: "INVALID_REPLICATION_FACTOR", reason: "3 > 1"))])
        let error = #expect(throws: CommandError.self) { try report.throwIfAnyFailed() }
        #expect(error?.code == .failed)
        #expect(error?.remedy?.contains("--replication 1") == true)
        #expect(error?.details == ["INVALID_REPLICATION_FACTOR: 3 > 1"])
    }

    @Test func `actions and waiting topics of unequal size can't be worked on`() throws {
        let report = TopicReport(
            Self.names,
            rows: [
                Self.row("sluice.actions.slack", .existed(partitions: 2)),
                Self.row("sluice.waiting.slack", .created),
            ])
        let error = #expect(throws: CommandError.self) { try report.throwIfAnyFailed() }
        #expect(error?.details == ["sluice.actions.slack has 2, sluice.waiting.slack 4"])
    }
}
