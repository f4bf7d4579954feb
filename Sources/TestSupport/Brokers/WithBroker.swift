// The usual way to have a broker in a test.

/// Runs `body` with a broker, and stops it afterwards, however `body` ends.
package func withBroker<Result: Sendable>(
    _ kind: Broker.Kind = .noidaDB,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (Broker) async throws -> Result
) async throws -> Result {
    let broker = try await Broker.start(kind)
    do {
        let result = try await body(broker)
        try await broker.stop()
        return result
    } catch {
        // The first error is the one to report; the process is killed with the last reference in any case.
        try? await broker.stop()
        throw error
    }
}
