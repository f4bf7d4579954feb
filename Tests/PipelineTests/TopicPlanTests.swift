import Flow
import Kafka
import Pipeline
import Testing

/// The topics of an installation.
@Suite struct TopicPlanTests {
    private static let catalogue = Catalogue([
        connector("both", triggers: 1, actions: 1), connector("asks", triggers: 1, actions: 0),
        connector("does", triggers: 0, actions: 2),
    ])

    private static func connector(_ id: String, triggers: Int, actions: Int) -> ConnectorDefinition {
        ConnectorDefinition(
            id: id, name: id, category: "x", notes: [],
            triggers: (0..<triggers).map {
                TriggerDefinition(handle: "t\($0)", title: "", description: "", constraints: [], fields: [])
            },
            actions: (0..<actions).map {
                ActionDefinition(handle: "a\($0)", title: "", description: "", constraints: [], fields: [])
            })
    }

    private static func plan(
        _ connectors: Set<String>? = nil, partitions: Int32 = 6, replication: Int16? = 3
    ) -> [String: NewTopic] {
        let plan = TopicPlan(
            Topics(prefix: "p"), catalogue: catalogue, connectors: connectors, partitions: partitions,
            replication: replication)
        return Dictionary(uniqueKeysWithValues: plan.topics.map { ($0.name, $0) })
    }

    @Test func `each connector has the topics that it needs, and no others`() {
        #expect(
            Set(Self.plan().keys) == [
                "p.registry", "p.runs", "p.dead", "p.triggers.both", "p.actions.both", "p.waiting.both",
                "p.triggers.asks", "p.actions.does", "p.waiting.does",
            ])
        #expect(Set(Self.plan(["asks"]).keys) == ["p.registry", "p.runs", "p.dead", "p.triggers.asks"])
    }

    @Test func `actions and waiting have equal counts, and the registry one partition`() {
        let plan = Self.plan()
        #expect(plan["p.registry"]?.partitions == 1)
        #expect(plan["p.actions.both"]?.partitions == 6)
        #expect(plan["p.waiting.both"]?.partitions == 6)
    }

    @Test func `what is state is compacted, and what is counted from the broker's time is stamped by it`() {
        let plan = Self.plan()
        for name in ["p.registry", "p.waiting.both"] {
            #expect(plan[name]?.configuration["cleanup.policy"] == "compact")
        }
        for name in ["p.waiting.both", "p.runs", "p.dead", "p.triggers.both"] {
            #expect(plan[name]?.configuration["message.timestamp.type"] == "LogAppendTime")
        }
        #expect(plan["p.triggers.both"]?.configuration["retention.ms"] == "604800000")
        #expect(plan["p.actions.both"]?.configuration["retention.ms"] == "604800000")
        #expect(plan["p.dead"]?.configuration["retention.ms"] == "2592000000")
    }

    @Test func `what an existing topic must be is checked where it is known`() {
        let plan = TopicPlan(Topics(prefix: "p"), catalogue: Self.catalogue, partitions: 6)
        #expect(plan.faults(settings: [:], counts: ["p.registry": 1, "p.runs": 3]).isEmpty)
        let settings = [
            "p.registry": ["cleanup.policy": "delete"], "p.actions.both": ["cleanup.policy": "compact"],
            "p.waiting.both": ["cleanup.policy": "compact", "message.timestamp.type": "CreateTime"],
        ]
        let faults = plan.faults(settings: settings, counts: ["p.registry": 2])
        #expect(
            faults.map(\.description) == [
                "p.registry: it has 2 partitions, and the registry's order needs 1",
                "p.registry: cleanup.policy is delete, not compact",
                "p.actions.both: cleanup.policy is compact, not delete",
                "p.waiting.both: message.timestamp.type is CreateTime, not LogAppendTime",
            ])
        #expect(faults.map(\.isFatal) == [true, true, true, false])
    }

    /// What is missing, as it would be made beside topics that are there: partitions and replication.
    private static func fitted(
        _ shapes: [String: TopicShape], partitions: Bool = false, replication: Bool = false
    ) -> [String: NewTopic] {
        let plan = TopicPlan(Topics(prefix: "p"), catalogue: catalogue).fitted(
            to: shapes, Topics(prefix: "p"), choosesPartitions: partitions, choosesReplication: replication)
        return Dictionary(uniqueKeysWithValues: plan.topics.map { ($0.name, $0) })
    }

    @Test func `topics that are missing are made like those of their kind that are there`() {
        let shapes = [
            "p.registry": TopicShape(partitions: 1, replication: 2),
            "p.runs": TopicShape(partitions: 3, replication: 2),
            "p.triggers.both": TopicShape(partitions: 8, replication: 1),
            "p.waiting.both": TopicShape(partitions: 6, replication: 1),
            "other.dead": TopicShape(partitions: 99, replication: 9),
        ]
        let plan = Self.fitted(shapes)
        #expect(
            ["p.registry", "p.dead", "p.triggers.asks", "p.actions.does", "p.waiting.both"].map {
                plan[$0]?.partitions
            } == [1, 3, 8, 6, 6])
        #expect(
            ["p.dead", "p.triggers.asks", "p.actions.does"].map { plan[$0]?.replication } == [2, 1, 1])
        #expect(plan["p.dead"]?.configuration["min.insync.replicas"] == nil)
        let chosen = Self.fitted(shapes, partitions: true, replication: true)
        #expect(chosen["p.dead"]?.partitions == 12)
        #expect(chosen["p.dead"]?.replication == 3)
        #expect(chosen["p.dead"]?.configuration["min.insync.replicas"] == "2")
    }

    @Test func `where there is none of a kind the others count, and the registry's one partition never does`()
    {
        let registry = ["p.registry": TopicShape(partitions: 1, replication: 1)]
        #expect(Self.fitted(registry)["p.runs"]?.partitions == 12)
        #expect(Self.fitted(registry)["p.runs"]?.replication == 1)
        let runs = ["p.runs": TopicShape(partitions: 4, replication: 1)]
        #expect(Self.fitted(runs)["p.triggers.asks"]?.partitions == 4)
        #expect(Self.fitted(runs)["p.registry"]?.partitions == 1)
        #expect(Self.fitted([:])["p.runs"]?.partitions == 12)
        #expect(Self.fitted(["x": TopicShape(partitions: 4, replication: 1)])["p.runs"]?.replication == 3)
    }

    @Test func `two replicas must acknowledge where there are three`() {
        #expect(Self.plan().values.allSatisfy { $0.configuration["min.insync.replicas"] == "2" })
        #expect(
            Self.plan(replication: 1).values.allSatisfy { $0.configuration["min.insync.replicas"] == nil })
        #expect(Self.plan(replication: nil).values.allSatisfy { $0.replication == nil })
    }
}
