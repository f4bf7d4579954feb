import Flow
import TestSupport
import Testing

/// Drives the whole path through random histories: real decisions of matchers and senders over a simulated log, clock,
/// app and schedule of crashes. `docs/Guarantees.md` lists the invariants.
@Suite(.serialized) struct SimulationTests {
    @Test func `S1 to S11 hold over 10,000 random histories`() async throws {
        let world = try World()
        let results = try await withParallelSeeds(runs: 10_000) { seed in
            try History.run(seed: seed, world: world)
        }
        let counts = results.map(\.counts).reduce(Truth.Tally(), +)
        let steps = results.reduce(0) { $0 + $1.steps }
        print("\(results.count) histories, \(steps) steps; \(counts)")
        guard results.count > 1 else { return }
        for sight in Self.sights { #expect(counts.sights[sight] ?? 0 > 0, "nothing came up as: \(sight)") }
        #expect(counts.orphans > 0 && counts.unnoticed > 0 && counts.repeats > 0)
    }

    /// What has to come up among so many histories, or they don't test it.
    private static let sights = [
        "attempt held", "attempt in-doubt", "attempt rejected", "attempt retry", "attempt succeeded",
        "bytes read again",
        "circuit opened or recovered", "note of an attempt", "note removed", "head moved aside",
        "key let go by decision", "letter discarded", "letter replayed", "place taken again",
        "run left by decision", "run sent again by decision", "waiting limited", "waiting broken",
        "commit with a map", "copy of an action record", "end dead", "end rejected", "end succeeded",
        "event duplicate", "event matched", "event skipped", "event unknown-store", "fenced by a producer",
        "fenced in the group", "junk", "kill", "letter action", "letter exhausted", "letter rejected",
        "letter trigger", "letter waiting", "partitions given back", "partitions lost", "preparing waits",
        "session ends: the commit's outcome is unknown", "session ends: the group has moved on",
        "session ends: the transaction took too long", "stop", "waiting behind", "waiting crowded",
        "waiting held", "waiting retry", "waiting wait", "records below the floor left out",
        "floor below a record that waits", "look", "look that finds", "look that doesn't tell",
    ]

    @Test func `a seed repeats its history exactly`() throws {
        let world = try World()
        for seed in UInt64(0)..<60 {
            let first = try Simulation(seed: seed, world: world).run().digest
            let second = try Simulation(seed: seed, world: world).run().digest
            #expect(first == second, "seed \(seed)")
        }
    }

    @Test(arguments: PlantedBug.allCases)
    func `a planted bug is found`(bug: PlantedBug) throws {
        let world = try World()
        for seed in UInt64(0)..<2_000 {
            do {
                _ = try History.run(seed: seed, world: world, bug: bug)
            } catch let failure as History.Failure {
                print("\(bug.rawValue): found with seed \(seed): \(failure.violation)")
                let text = "\(failure.violation)"
                #expect(bug.invariants.contains { text.hasPrefix("\($0):") }, "\(text)")
                return
            }
        }
        Issue.record("2,000 histories don't find that \(bug.rawValue)")
    }
}
