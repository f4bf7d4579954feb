import Liquid

/// Finds the next action of a run: branches are decided, waits added up, inputs rendered.
package enum StepWalk {
    package enum Next: Hashable, Sendable {
        /// Do this, after the waits that stood before it.
        case action(Rendered, after: Duration)
        /// No step is left.
        case end
        /// A condition, a template or the routing slip failed: the run ends as rejected and harms nobody else.
        case failed(step: String, reason: String)
    }

    package struct Rendered: Hashable, Sendable {
        package let action: ActionReference
        package let stepID: String
        package let stepPath: String
        package let properties: [String: JSON]
        package let slip: RoutingSlip
    }

    /// - Parameter work: what the conditions of the event have cost already.
    package static func next(
        _ steps: [PlacedStep], context: [String: JSON], work: ConditionWork = ConditionWork()
    ) -> Next {
        var work = work
        var queue = steps[...]
        var delay = Duration.zero
        while let placed = queue.popFirst() {
            switch placed.step.kind {
            case .wait(let wait):
                delay += wait
            case .branch(let condition, let then, let otherwise):
                do throws(ConditionWork.Excess) {
                    queue = (try condition.holds(in: context, work: &work) ? then : otherwise) + queue
                } catch {
                    return .failed(step: placed.step.id, reason: "if: \(error)")
                }
            case .action(let action, let inputs):
                return render(placed, action, inputs, rest: queue, context, delay)
            }
        }
        return .end
    }

    private static func render(
        _ placed: PlacedStep, _ action: ActionReference, _ inputs: [String: Step.Input],
        rest: ArraySlice<PlacedStep>, _ context: [String: JSON], _ delay: Duration
    ) -> Next {
        var properties: [String: JSON] = [:]
        for (name, input) in inputs {
            switch input {
            case .constant(let value): properties[name] = value
            case .template(let template):
                do throws(RenderError) {
                    properties[name] = try template.evaluate(context)
                } catch {
                    return .failed(step: placed.step.id, reason: "input \(name): \(error)")
                }
            }
        }
        let slip =
            rest.isEmpty
            ? RoutingSlip.end
            : RoutingSlip(
                rest: rest.map { ["path": .string($0.path), "step": $0.step.document] }, context: context)
        let rendered = Rendered(
            action: action, stepID: placed.step.id, stepPath: placed.path, properties: properties, slip: slip)
        return .action(rendered, after: delay)
    }
}
