import Connectors
import Flow
import Kafka
import Liquid
import Logging
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
        #expect(report.summary == "1 created, 0 failed\n1 exists as it should")
        #expect(report.table.rows.map { $0[3] } == ["created", "existed with 2 partitions, not 4"])
        // Nobody asked how often those are replicated that were there.
        #expect(report.table.rows.map { $0[1] } == ["4", "2"])
        #expect(report.table.rows.map { $0[2] } == ["1", ""])
        #expect(report.json["topics"]?.arrayValue?.count == 3)
        #expect(report.json["topics"]?.arrayValue?.map { $0["replication"] } == [1, nil, nil])
        #expect(throws: Never.self) { try report.throwIfAnyFailed() }
    }

    @Test func `a preview counts what would be made beside what is there`() throws {
        let rows = [Self.row("a", .planned), Self.row("b", .existed(partitions: 4))]
        let report = TopicReport(Self.names, rows: rows, isPreview: true)
        #expect(report.summary == "1 topic with 4 partitions would be created\n1 exists as it should")
        #expect(report.json["existed"] == 1)
        #expect(report.json["created"] == 0)
        let all = TopicReport(Self.names, rows: [rows[1]], isPreview: true)
        #expect(all.summary == "nothing would be created\n1 exists as it should")
    }

    @Test func `too few brokers name the option`() throws {
        let report = TopicReport(
            Self.names, rows: [Self.row("a", .failed(code: "INVALID_REPLICATION_FACTOR", reason: "3 > 1"))])
        let error = #expect(throws: CommandError.self) { try report.throwIfAnyFailed() }
        #expect(error?.code == .failed)
        #expect(error?.remedy?.contains("--replication 1") == true)
        #expect(error?.details == ["INVALID_REPLICATION_FACTOR: 3 > 1"])
    }

    @Test func `a topic that existed with other settings is told with what to do`() throws {
        var (wrong, unknown) = (
            Self.row("sluice.waiting.slack", .existed(partitions: 4)),
            Self.row("sluice.runs", .existed(partitions: 4))
        )
        let plan = TopicPlan(Self.names, catalogue: try Catalogue.builtIn(), partitions: 4, replication: 1)
        wrong.faults = plan.faults(
            settings: ["sluice.waiting.slack": ["cleanup.policy": "delete"]], counts: [:])
        unknown.areSettingsKnown = false
        let report = TopicReport(Self.names, rows: [wrong, unknown], obstacle: "there is no controller")
        #expect(
            report.table.rows.map { $0[3] } == ["existed, but cleanup.policy is delete, not compact"])
        #expect(
            report.summary.hasSuffix("settings unknown of 1 topic that existed: there is no controller"))
        #expect(report.json["settings_unknown"] == "there is no controller")
        #expect(report.json["topics"]?.arrayValue?.count == 2)
        let error = #expect(throws: CommandError.self) { try report.throwIfAnyFailed() }
        #expect(error?.details == ["sluice.waiting.slack: cleanup.policy is delete, not compact"])
        #expect(
            error?.remedy?.contains("--entity-name sluice.waiting.slack --add-config cleanup.policy=compact")
                == true)
    }

    @Test func `a reason that many topics share is said once, with how many`() throws {
        let failed = TopicReport(
            Self.names,
            rows: ["a", "b", "c"].map { Self.row($0, .failed(code: "POLICY_VIOLATION", reason: "no")) }
                + [Self.row("d", .failed(code: "X", reason: "other"))])
        #expect(failed.table.rows.map { $0[3] } == ["failed", "failed", "failed", "failed: X: other"])
        let error = #expect(throws: CommandError.self) { try failed.throwIfAnyFailed() }
        #expect(error?.details == ["POLICY_VIOLATION: no (3 topics: a, b, c)", "X: other"])
        let unlike = TopicReport(
            Self.names,
            rows: ["a", "b"].map { Self.row($0, .existed(partitions: 2)) }
                + [Self.row("c", .existed(partitions: 3))])
        #expect(unlike.table.rows.map { $0[3] } == ["existed with 3 partitions, not 4"])
        #expect(
            unlike.summary == "0 created, 0 failed\n2 existed with 2 partitions, not 4: a, b")
        let plan = TopicPlan(Self.names, catalogue: try Catalogue.builtIn(), partitions: 4, replication: 1)
        let names = ["sluice.triggers.loyaltylion", "sluice.triggers.loox"]
        let faulty = names.map { name in
            var row = Self.row(name, .existed(partitions: 4))
            row.faults = plan.faults(
                settings: [name: ["message.timestamp.type": "CreateTime"]], counts: [:])
            return row
        }
        let report = TopicReport(Self.names, rows: faulty)
        #expect(report.table.rows.map { $0[3] } == ["faulty", "faulty"])
        #expect(report.summary == "0 created, 0 failed, 2 faulty")
        let fault = #expect(throws: CommandError.self) { try report.throwIfAnyFailed() }
        #expect(
            fault?.details == [
                "message.timestamp.type is CreateTime, not LogAppendTime (2 topics: "
                    + "\(names.joined(separator: ", ")))"
            ])
    }

    @Test func `what new topics took from those that exist is told`() throws {
        let catalogue = try Catalogue.builtIn()
        let plan = TopicPlan(Self.names, catalogue: catalogue, connectors: ["slack"])
        let fitted = plan.fitted(
            to: ["sluice.actions.trello": TopicShape(partitions: 6, replication: 1)], Self.names,
            choosesPartitions: false, choosesReplication: false)
        var report = TopicReport(
            Self.names, rows: fitted.topics.map { TopicReport.Row(topic: $0, outcome: .planned) },
            isPreview: true)
        report.differs(from: plan)
        #expect(report.taken == ["6 partitions", "replication 1"])
        #expect(
            report.summary.hasSuffix(
                "new topics are like those of their kind that exist: 6 partitions, replication 1"))
    }

    @Test func `a worker doesn't begin where records would be lost, and warns of the rest`() throws {
        let catalogue = try Catalogue.builtIn()
        let check = StartCheck(
            kafka: KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), topics: Self.names,
            catalogue: catalogue,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let plan = TopicPlan(Self.names, catalogue: catalogue)
        let stamps = [
            "sluice.waiting.slack": ["cleanup.policy": "compact", "message.timestamp.type": "CreateTime"]
        ]
        #expect(throws: Never.self) { try check.check(plan, stamps, ["sluice.registry": 1]) }
        #expect(throws: Never.self) { try check.check(plan, [:], [:]) }
        let policy = #expect(throws: CommandError.self) {
            try check.check(plan, ["sluice.registry": ["cleanup.policy": "compact,delete"]], [:])
        }
        #expect(policy?.details == ["sluice.registry: cleanup.policy is compact,delete, not compact"])
        let count = #expect(throws: CommandError.self) { try check.check(plan, [:], ["sluice.registry": 12]) }
        #expect(count?.details == ["sluice.registry: it has 12 partitions, and the registry's order needs 1"])
    }

    @Test func `a topic that is missing gets as many partitions as the one that it belongs to`() {
        let topics = [Self.names.actions("slack"), Self.names.waiting("slack"), Self.names.waiting("trello")]
            .map { NewTopic(name: $0, partitions: 12, replication: 1, configuration: ["a": "b"]) }
        let made = TopicCreator.paired(topics, [Self.names.actions("slack"): 6], Self.names)
        #expect(made.map(\.partitions) == [12, 6, 12])
        #expect(made.map(\.configuration) == topics.map(\.configuration))
        let other = TopicCreator.paired(topics, [Self.names.waiting("slack"): 4], Self.names)
        #expect(other.map(\.partitions) == [4, 12, 12])
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
