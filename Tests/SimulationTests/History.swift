import TestSupport

/// Runs one history, and once more with its steps written down where it fails.
enum History {
    /// What must hold does not; with the steps that led there.
    struct Failure: Error, CustomStringConvertible {
        let violation: any Error
        let steps: String

        var description: String { "\(violation)\n\(steps)" }
    }

    static func run(seed: UInt64, world: World, bug: PlantedBug? = nil) throws -> Simulation.Result {
        do {
            return try Simulation(seed: seed, world: world, bug: bug).run()
        } catch {
            let again = Simulation(seed: seed, world: world, bug: bug, isTraced: true)
            do {
                _ = try again.run()
            } catch {
                throw Failure(violation: error, steps: again.trace.text)
            }
            throw Violation(
                "\(error), and not when it was repeated: the history depends on more than its seed")
        }
    }
}
