// Random sequences that can be repeated: new seeds on every run, and the seed that failed is printed.

import Foundation

/// The variable that repeats one failed sequence: `SLUICE_TEST_SEED=… swift test --filter …`.
private let seedVariable = "SLUICE_TEST_SEED"

/// Runs `body` with `runs` generators of different seeds, and prints the seed of the first run that throws.
///
/// Use `try #require` inside: it throws, which ends the sequence and names its seed; `#expect` does not throw,
/// so give it the generator as its comment. `seed` fixes the first seed; the environment's `SLUICE_TEST_SEED`
/// overrides it and makes a single run.
package func withSeed(
    _ seed: UInt64? = nil, runs: Int = 1, _ body: (inout SplitMix64) throws -> Void
) rethrows {
    for seed in seeds(from: seed, runs: runs) {
        var generator = SplitMix64(seed: seed)
        do {
            try body(&generator)
        } catch {
            reportFailure(seed: seed, error: error)
            throw error
        }
    }
}

/// The same for a body that waits.
package func withSeed(
    _ seed: UInt64? = nil,
    runs: Int = 1,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (inout SplitMix64) async throws -> Void
) async rethrows {
    for seed in seeds(from: seed, runs: runs) {
        var generator = SplitMix64(seed: seed)
        do {
            try await body(&generator)
        } catch {
            reportFailure(seed: seed, error: error)
            throw error
        }
    }
}

/// The seeds of the runs: neighbours of the first, which SplitMix64 turns into unrelated sequences.
func seeds(from first: UInt64?, runs: Int) -> [UInt64] {
    if let repeated = ProcessInfo.processInfo.environment[seedVariable].flatMap({ UInt64($0) }) {
        return [repeated]
    }
    let first = first ?? UInt64.random(in: 0...UInt64(UInt32.max))
    return (0..<UInt64(max(runs, 0))).map { first &+ $0 }
}

func reportFailure(seed: UInt64, error: any Error) {
    let message = "failed with seed \(seed); repeat with \(seedVariable)=\(seed): \(error)\n"
    FileHandle.standardError.write(Data(message.utf8))
}
