import Liquid

/// What comes after a step: the steps still to do, as they were written, and what their templates may read.
///
/// It travels inside the action record, so that a sequence needs no coordinator and a run keeps the workflow
/// version that it began with. Empty for the last step.
package struct RoutingSlip: Hashable, Sendable {
    /// Steps with their places: `{"path": "1", "step": {…}}`.
    package var rest: [JSON]
    /// `trigger`, `store` and `steps`, as templates see them; empty when nothing follows.
    package var context: [String: JSON]

    package static let end = RoutingSlip(rest: [], context: [:])

    package init(rest: [JSON], context: [String: JSON]) {
        self.rest = rest
        self.context = context
    }

    /// The next thing to do once the step `stepID` succeeded with a value.
    package func next(after stepID: String, returned: JSON?) -> StepWalk.Next {
        var context = context
        var steps = context["steps"]?.objectValue ?? [:]
        steps[stepID] = returned ?? .object([:])
        context["steps"] = .object(steps)
        let sink = DiagnosticSink()
        let placed = rest.compactMap { item -> PlacedStep? in
            guard let path = item["path"]?.stringValue, let step = item["step"] else { return nil }
            let reader = DocumentReader(DocumentNode(step), path: path, sink: sink)
            return Step(reader, path: path, catalogue: nil).map { PlacedStep(path: path, step: $0) }
        }
        guard placed.count == rest.count, sink.items.isEmpty else {
            return .failed(
                step: stepID, reason: "the steps that follow can't be read: \(sink.items.map(\.message))")
        }
        return StepWalk.next(placed, context: context)
    }
}
