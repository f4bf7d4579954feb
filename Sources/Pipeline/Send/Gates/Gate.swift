import Workers

/// What holds a run back although it is its turn.
package enum Gate: Hashable, Sendable {
    /// An allowance of the vendor is used up; by the allowance's name.
    case limit(String)
    /// Its endpoint is broken, recovers, or has as many requests as it may have; by the circuit's name.
    case circuit(String)
    /// So much is being repeated that what is new would suffer.
    case budget

    /// As a waiting record has it.
    package var text: String {
        switch self {
        case .limit(let name): "limit \(name)"
        case .circuit(let name): "circuit \(name)"
        case .budget: "budget"
        }
    }

    var name: String {
        switch self {
        case .limit(let name), .circuit(let name): name
        case .budget: ""
        }
    }

    /// Nil for text that no version wrote.
    package init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch parts.first {
        case "limit"? where parts.count == 2: self = .limit(parts[1])
        case "circuit"? where parts.count == 2: self = .circuit(parts[1])
        case "budget"? where parts.count == 1: self = .budget
        default: return nil
        }
    }

    package var reason: WaitReason {
        switch self {
        case .limit: .limited
        case .circuit: .broken
        case .budget: .paced
        }
    }
}

/// A store's runs that wait for one thing: room for their store, or a gate.
package struct Lane: Hashable, Comparable, Sendable {
    package let store: String
    /// Nil = the store has its share of the sender's memory.
    package let gate: Gate?

    package init(store: String, gate: Gate? = nil) {
        self.store = store
        self.gate = gate
    }

    package static func < (left: Lane, right: Lane) -> Bool {
        (left.store, left.rank, left.gate?.name ?? "") < (right.store, right.rank, right.gate?.name ?? "")
    }

    private var rank: Int {
        switch gate {
        case nil: 0
        case .limit: 1
        case .circuit: 2
        case .budget: 3
        }
    }
}
