import Flow
import Foundation
import Kafka
import Logging

/// What is written instead of records that Kafka refuses for good: it harms their own run, and nobody else's.
struct WriteRefusals: Sendable {
    let topics: Topics
    let logger: Logger

    /// The same records in the same places, but for those that were refused; what belongs to them in addition comes
    /// behind.
    ///
    /// - Returns: nil for a refusal that may pass, or that nothing can be written instead of.
    func instead(of records: [ProducerRecord], after error: SendError) -> [ProducerRecord]? {
        switch error.cause?.error.kind {
        case .messageTooLarge where error.cause?.topic == topics.dead: cut(records)
        case .unknownTopic:
            dead(records, in: Set(error.failures.filter { $0.error.kind == .unknownTopic }.map(\.topic)))
        default: nil
        }
    }

    /// Dead letters shorter than their originals.
    private func cut(_ records: [ProducerRecord]) -> [ProducerRecord]? {
        var cut = records
        for (index, record) in records.enumerated() where record.topic == topics.dead {
            guard let value = record.value, value.count > DeadLetter.cutLength else { continue }
            cut[index].value = Array(value.prefix(DeadLetter.cutLength))
            cut[index].headers.append(RecordHeader(name: HeaderName.deadCut, value: "\(value.count)"))
            logger.warning(
                "dead letter cut: its topic refuses its size; the original rests in its own topic",
                metadata: [LogKeys.bytes: "\(value.count)"])
        }
        return cut == records ? nil : cut
    }

    /// Action runs of a connector that has no topics end as dead, and can be sent again when it has.
    private func dead(_ records: [ProducerRecord], in missing: Set<String>) -> [ProducerRecord]? {
        var others = records
        for (index, record) in records.enumerated() where missing.contains(record.topic) {
            guard let connector = topics.connector(ofActions: record.topic) else { return nil }
            let wire = WireRecord(record)
            let reason = "the cluster has no topic \(record.topic); create it with: sluice topics create"
            let run = try? ActionRun(wire)  // it is our own; were it not, its letter has the bytes
            let letter = DeadLetter(
                connector: connector, stage: .action, reason: reason, store: run?.store,
                place: RecordPlace(topic: record.topic, partition: -1, offset: -1),
                time: Date().formatted(.iso8601), actionRun: run?.id, headers: wire.headers, value: wire.value
            )
            others[index] = letter.record(topics).producerRecord
            if let run {
                let end = RunRecord.EndReport(
                    run: run.workflowRun, end: .dead, reason: "step \(run.stepID): \(reason)")
                others.append(RunRecord.end(end).record(topics).producerRecord)
            }
            logger.error(
                "action run dead: its connector has no topic",
                metadata: [
                    LogKeys.connector: "\(connector)", LogKeys.actionRun: "\(run?.id.description ?? "")",
                ])
        }
        return others == records ? nil : others
    }
}
