import Flow
import TestSupport
import Testing

/// Drives the whole path through random histories: real decisions of matchers and senders over a simulated log, clock,
/// app and schedule of crashes. `docs/Guarantees.md` lists the invariants.
@Suite struct SimulationTests {
    @Test(.timeLimit(.minutes(10)))
    func `S1 to S8 hold over 10,000 random histories`() async throws {
        let world = try World()
        let results = try await withParallelSeeds(runs: 10_000) { seed in
            try History.run(seed: seed, world: world)
        }
        let counts = results.map(\.counts).reduce(Truth.Tally(), +)
        print(
            "simulated: \(results.count) histories, \(results.reduce(0) { $0 + $1.steps }) steps, \(counts)")
    }
}
