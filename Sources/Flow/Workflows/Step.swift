import Liquid

/// One step of a workflow.
package struct Step: Hashable, Sendable {
    package indirect enum Kind: Hashable, Sendable {
        case action(ActionReference, inputs: [String: Input])
        case branch(Condition, then: [PlacedStep], otherwise: [PlacedStep])
        case wait(Duration)
    }

    /// What templates call it: `steps.<id>`.
    package let id: String
    package let kind: Kind
    /// As it was written; a routing slip carries it on.
    package let document: JSON

    /// An action's input: a template, or a value as it is.
    package enum Input: Hashable, Sendable {
        case template(Template)
        case constant(JSON)
    }

    /// The connectors of its actions, those of branches included.
    package var connectors: [String] {
        switch kind {
        case .action(let action, _): [action.connector]
        case .branch(_, let then, let otherwise): (then + otherwise).flatMap(\.step.connectors)
        case .wait: []
        }
    }
}
