import Liquid

/// A trigger, conditions and steps, owned by a store or an organization.
package struct Workflow: Hashable, Sendable {
    package let id: String
    package let owner: Owner
    package let trigger: TriggerReference
    package let isEnabled: Bool
    package let ordering: Ordering
    /// Nil = always.
    package let condition: Condition?
    package let steps: [PlacedStep]

    package enum Owner: Hashable, Sendable, CustomStringConvertible {
        case store(String)
        case organization(String)

        package var description: String {
            switch self {
            case .store(let domain): "store \(domain)"
            case .organization(let id): "organization \(id)"
            }
        }
    }

    /// What keeps action runs of a store and workflow in order among themselves.
    package enum Ordering: Hashable, Sendable {
        /// The first of customer, order and product in the payload; where there is none, unordered.
        case byReference
        /// This field of the payload.
        case by(FieldPath)
        case none
    }

    /// Every connector that it uses, its trigger's first, each once.
    package var connectors: [String] {
        var seen: Set<String> = []
        return ([trigger.connector] + steps.flatMap(\.step.connectors)).filter { seen.insert($0).inserted }
    }

    /// The ordering key of its action runs for an event, nil for unordered ones.
    package func orderingKey(store: String, payload: JSON) -> String? {
        let part: JSON
        switch ordering {
        case .none: return nil
        case .by(let path): part = path.value(in: ["trigger": payload])
        case .byReference:
            part =
                ["customer_id", "order_id", "product_id"].lazy.compactMap { payload[$0] }.first { !$0.isNull }
                ?? .null
        }
        if part.isNull { return nil }
        return "\(store)/\(id)/\(part.stringValue ?? part.jsonText)"
    }
}

/// A step and its place in the tree: `0`, `2.then.1`.
package struct PlacedStep: Hashable, Sendable {
    package let path: String
    package let step: Step
}
