// Looking again and again, for the few things that nobody can signal.

/// Checks `condition` every `interval` until it holds, at most for `limit`.
///
/// Only for what another process does without telling (a file that appears, a port that opens). Whatever this
/// process can observe itself belongs to ``Observed`` or ``Signal``.
package func eventually(
    _ awaited: String,
    within limit: Duration,
    every interval: Duration = .milliseconds(20),
    isolation: isolated (any Actor)? = #isolation,
    condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else {
            throw TestSupportError.timedOut(awaited: awaited, seen: "that it did not hold", limit: limit)
        }
        try await Task.sleep(for: interval)
    }
}
