import Flow
import Foundation
import Kafka
import Logging

/// What is written instead of records that Kafka refuses for good: it harms their own run, and nobody else's.
package struct WriteRefusals: Sendable {
    /// A record that was refused for a reason of its own.
    package struct Refusal: Sendable {
        package let index: Int
        package let error: KafkaError

        package init(index: Int, error: KafkaError) {
            self.index = index
            self.error = error
        }
    }

    private let kafka: KafkaConfiguration
    private let topics: Topics
    private let logger: Logger

    package init(kafka: KafkaConfiguration, topics: Topics, logger: Logger) {
        self.kafka = kafka
        self.topics = topics
        self.logger = logger
    }

    /// The same records in the same places, but for those that were refused; what belongs to them in addition comes
    /// behind.
    ///
    /// - Returns: nil where one of the refusals may pass, or nothing can be written instead.
    package func instead(of records: [ProducerRecord], _ refusals: [Refusal]) async -> [ProducerRecord]? {
        let unknown = Set(refusals.filter { $0.error.kind == .unknownTopic }.map { records[$0.index].topic })
        guard await areMissing(unknown) else { return nil }
        return replaced(records, refusals)
    }

    /// A broker that has just started may not know a topic that is there.
    private func areMissing(_ names: Set<String>) async -> Bool {
        if names.isEmpty { return true }
        do {
            let found = try await TopicQuery.run(kafka, logger) {
                try await $0.partitionCounts(of: names + [topics.dead, topics.runs])
            }
            return found[topics.dead] != nil && found[topics.runs] != nil
                && names.allSatisfy { found[$0] == nil }
        } catch {
            return false  // nobody could be asked: the session begins anew
        }
    }

    /// Pure: the decision without the question whether topics are missing.
    package func replaced(_ records: [ProducerRecord], _ refusals: [Refusal]) -> [ProducerRecord]? {
        var others = records
        for refusal in refusals {
            let record = records[refusal.index]
            switch refusal.error.kind {
            case .messageTooLarge where record.topic == topics.dead:
                guard let letter = cut(record) else { return nil }
                others[refusal.index] = letter
            case .unknownTopic:
                guard let (letter, end) = dead(record) else { return nil }
                others[refusal.index] = letter
                if let end { others.append(end) }
            default: return nil
            }
        }
        return refusals.isEmpty ? nil : others
    }

    /// A dead letter shorter than its original; nil where it is short already.
    private func cut(_ record: ProducerRecord) -> ProducerRecord? {
        guard let value = record.value, value.count > DeadLetter.cutLength else { return nil }
        logger.warning(
            "dead letter cut: its topic refuses its size; the original rests in its own topic",
            metadata: [LogKeys.bytes: "\(value.count)"])
        var cut = record
        cut.value = Array(value.prefix(DeadLetter.cutLength))
        cut.headers.append(RecordHeader(name: HeaderName.deadCut, value: "\(value.count)"))
        return cut
    }

    /// An action run of a connector that has no topics ends as dead, and can be sent again when it has; nil for a record
    /// of another kind.
    private func dead(_ record: ProducerRecord) -> (letter: ProducerRecord, end: ProducerRecord?)? {
        guard let connector = topics.connector(ofActions: record.topic) else { return nil }
        let wire = WireRecord(record)
        let reason = "the cluster has no topic \(record.topic); create it with: sluice topics create"
        let run = try? ActionRun(wire)  // it is our own; were it not, its letter has the bytes
        let letter = DeadLetter(
            connector: connector, stage: .action, reason: reason, store: run?.store,
            place: RecordPlace(topic: record.topic, partition: -1, offset: -1),
            time: Date().formatted(.iso8601), actionRun: run?.id, headers: wire.headers, value: wire.value)
        logger.error(
            "action run dead: its connector has no topic",
            metadata: [LogKeys.connector: "\(connector)", LogKeys.actionRun: "\(run?.id.description ?? "")"])
        let end = run.map {
            RunRecord.EndReport(run: $0.workflowRun, end: .dead, reason: "step \($0.stepID): \(reason)")
        }
        return (
            letter.record(topics).producerRecord, end.map { RunRecord.end($0).record(topics).producerRecord }
        )
    }
}
