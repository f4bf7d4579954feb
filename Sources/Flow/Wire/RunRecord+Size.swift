/// A step whose record Kafka would refuse ends its run, and harms nobody else.
extension RunRecord.EndReport {
    /// Nil for a record of a size that every broker takes.
    package init?(tooLarge record: WireRecord, of run: ActionRun) {
        guard record.byteCount > WireRecord.byteLimit else { return nil }
        self.init(
            run: run.workflowRun, end: .rejected,
            reason:
                "step \(run.stepID): its inputs and what later steps need have \(record.byteCount) bytes; "
                + "the limit is \(WireRecord.byteLimit)")
    }
}
