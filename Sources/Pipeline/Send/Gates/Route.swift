import Flow
import Workers

/// Which gates a run goes through on its way out.
package struct Route: Hashable, Sendable {
    package let connector: String
    package let allowances: [Allowance]
    /// The circuits of where it goes: that of its store, and that of the endpoint for all stores.
    package let circuits: [String]

    /// Without gates: nothing will be sent.
    package static let open = Route(connector: "", allowances: [], circuits: [])
    var isOpen: Bool { allowances.isEmpty && circuits.isEmpty }

    private init(connector: String, allowances: [Allowance], circuits: [String]) {
        self.connector = connector
        self.allowances = allowances
        self.circuits = circuits
    }

    /// - Parameter origin: scheme, host and port.
    package init(allowances: [Allowance], connector: String, store: String, origin: String) {
        self.init(
            connector: connector, allowances: allowances,
            circuits: ["\(connector) \(origin) \(store)", "\(connector) \(origin) \(Self.everyStore)"])
    }

    /// The gates that a run has passed.
    func passed(_ passes: Passes) -> [Gate] {
        allowances.prefix(passes.allowances).map { .limit($0.name) }
            + circuits.prefix(passes.tickets.count).map { .circuit($0) }
    }

    private static let everyStore = "*"
    /// Whether a circuit is that of all stores.
    static func isShared(_ circuit: String) -> Bool { circuit.hasSuffix(" \(everyStore)") }
}

/// How far a run came on its route: what it holds of the gates that it passed.
package struct Passes: Sendable {
    /// Gates are passed in order: allowances, circuits, budget.
    var allowances = 0
    var tickets: [CircuitBreaker.Ticket] = []
    var hasBudget = false

    package init() {}
}
