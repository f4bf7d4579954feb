// A mock vendor for the length of a closure, for tests and commands that need one beside their own work.

import Logging
import ServiceLifecycle

/// Runs a mock vendor, calls `body` once it listens, and stops it afterwards.
package func withMockVendor<Result: Sendable>(
    _ configuration: MockVendorConfiguration = MockVendorConfiguration(),
    logger: Logger,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (MockVendor, _ port: Int) async throws -> Result
) async throws -> Result {
    let vendor = try MockVendor(configuration, logger: logger)
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [vendor], logger: logger))
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        do {
            let result = try await body(vendor, try await vendor.port)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return result
        } catch {
            await group.triggerGracefulShutdown()
            // The body's error says more than what the service ended with.
            try? await tasks.waitForAll()
            throw error
        }
    }
}
