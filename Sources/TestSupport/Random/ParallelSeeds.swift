// Random sequences on every core.

import Foundation

/// Runs `body` once for each of `runs` seeds, on as many cores as there are, and prints the first seed that fails.
///
/// `SLUICE_TEST_SEED` makes a single run, as with `withSeed`.
///
/// - Parameter seed: the first; nil = a new one each time.
/// - Returns: what the runs returned, in no order.
package func withParallelSeeds<Value: Sendable>(
    _ seed: UInt64? = nil, runs: Int, _ body: @escaping @Sendable (UInt64) throws -> Value
) async throws -> [Value] {
    let all = seeds(from: seed, runs: runs)
    let width = min(all.count, ProcessInfo.processInfo.activeProcessorCount)
    return try await withThrowingTaskGroup(of: [Value].self) { group in
        for first in 0..<width {
            group.addTask {
                var values: [Value] = []
                for index in stride(from: first, to: all.count, by: width) {
                    try Task.checkCancellation()
                    do {
                        values.append(try body(all[index]))
                    } catch {
                        reportFailure(seed: all[index], error: error)
                        throw error
                    }
                }
                return values
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
}
