// Load: from the program's own `emit`, and straight from a producer where a test numbers its events itself.

import Flow

extension Cluster {
    static let triggers = ["moved-up-tier", "moved-down-tier", "moved-into-loyal", "birthday-today"]

    /// Emits events for each customer and trigger, spread over the stores: so each store has several keys in each
    /// workflow, and each key several events.
    func emitMixed(eventsPerCall count: Int, customers: ClosedRange<Int>, triggers: [String] = triggers)
        async throws
    {
        for customer in customers {
            for trigger in triggers {
                try await sluice([
                    "emit", "loyaltylion/\(trigger)", "--count", "\(count)", "--stores", "\(setup.stores)",
                    "--seed", "\(customer)", "--set", "customer_id=\(customer)",
                ])
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
