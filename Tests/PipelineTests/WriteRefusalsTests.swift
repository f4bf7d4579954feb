import Flow
import Kafka
import Logging
import Pipeline
import Testing

@Suite struct WriteRefusalsTests {
    private let topics = Topics()
    private let refusals = WriteRefusals(
        kafka: KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), topics: Topics(),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

    private func refusal(_ index: Int, _ kind: KafkaError.Kind) -> WriteRefusals.Refusal {
        WriteRefusals.Refusal(
            index: index, error: KafkaError(kind: kind, code: 1, name: "X", what: "send", reason: "a test"))
    }

    private func record(_ topic: String, _ size: Int = 10) -> ProducerRecord {
        ProducerRecord(topic: topic, key: nil, value: [UInt8](repeating: 120, count: size))
    }

    private var action: ProducerRecord {
        let event = EventIdentity(
            source: "loyaltylion", store: "s", id: "e",
            trigger: TriggerReference(connector: "loyaltylion", handle: "t"))
        let run = ActionRun(
            id: RunID(high: 1, low: 1),
            workflowRun: WorkflowRun(
                id: RunID(high: 2, low: 2), workflow: "w", version: 1, store: "s", event: event),
            action: ActionReference(connector: "asana", handle: "x"), stepID: "a", stepPath: "0",
            properties: [:], slip: .end, orderingKey: nil)
        return run.record(topics).producerRecord
    }

    @Test func `only the dead letter that was refused is cut, and says what it was cut from`() throws {
        let records = [record(topics.dead, 900_000), record(topics.runs), record(topics.dead, 800_000)]
        let others = try #require(refusals.replaced(records, [refusal(2, .messageTooLarge)]))
        #expect(others[0] == records[0] && others[1] == records[1])
        #expect(others[2].value?.count == DeadLetter.cutLength)
        #expect(others[2].headers.last.map { String(decoding: $0.value, as: UTF8.self) } == "800000")
        #expect(refusals.replaced(others, [refusal(2, .messageTooLarge)]) == nil, "it ends")
    }

    @Test func `an action without a topic becomes a letter in its place, and its run's end comes behind`()
        throws
    {
        let records = [record(topics.runs), action, record(topics.runs)]
        let others = try #require(refusals.replaced(records, [refusal(1, .unknownTopic)]))
        #expect(others.map(\.topic) == [topics.runs, topics.dead, topics.runs, topics.runs])
        #expect(others[1].value == action.value)
        #expect(String(decoding: others[3].value ?? [], as: UTF8.self).contains(#""end":"dead""#))
    }

    @Test func `what may pass, and what nothing can be written instead of, is left to the next session`() {
        let records = [action, record(topics.runs, 2_000_000)]
        #expect(refusals.replaced(records, [refusal(0, .unknownTopic), refusal(1, .timedOut)]) == nil)
        #expect(refusals.replaced(records, [refusal(1, .messageTooLarge)]) == nil)
        #expect(refusals.replaced(records, [refusal(1, .unknownTopic)]) == nil)
        #expect(refusals.replaced(records, []) == nil)
    }

    @Test func `a topic is only taken for missing when the cluster says so`() async throws {
        let cluster = try MockCluster()
        try cluster.createTopic(topics.dead, partitions: 1)
        try cluster.createTopic(topics.runs, partitions: 1)
        try cluster.createTopic(topics.actions("asana"), partitions: 1)
        let refusals = WriteRefusals(
            kafka: KafkaConfiguration(bootstrapServers: cluster.bootstrapServers), topics: topics,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        #expect(await refusals.instead(of: [action], [refusal(0, .unknownTopic)]) == nil)
    }
}
