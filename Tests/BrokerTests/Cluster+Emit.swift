// Load: from the program's own `emit`, and straight from a producer where a test numbers its events itself.

import Flow

extension Cluster {
    static let triggers = ["moved-up-tier", "moved-down-tier", "moved-into-loyal", "birthday-today"]

    /// Emits events for each customer and trigger with the program itself, spread over the stores: so each store has
    /// several keys in each workflow, and each key several events. The triggers of a customer are emitted side by side.
    func emitMixed(eventsPerCall count: Int, customers: ClosedRange<Int>, triggers: [String] = triggers)
        async throws
    {
        for customer in customers {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, trigger) in triggers.enumerated() {
                    // Each call has a seed of its own, since ids come from it.
                    let seed = customer * triggers.count + index
                    group.addTask {
                        try await self.sluice([
                            "emit", "loyaltylion/\(trigger)", "--count", "\(count)", "--stores",
                            "\(self.setup.stores)", "--seed", "\(seed)", "--set", "customer_id=\(customer)",
                        ])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Produces events with numbers as ids, over all stores, a few customers in each, and the given triggers.
    func produceMixed(_ numbers: Range<Int>, customers: Int = 5, triggers: [String] = triggers) async throws {
        try await produce(
            numbers.map { number in
                event(
                    "e\(number)", store: 1 + number % setup.stores,
                    customer: 1 + number / setup.stores % customers,
                    trigger: triggers[number / (setup.stores * customers) % triggers.count])
            })
    }
}
