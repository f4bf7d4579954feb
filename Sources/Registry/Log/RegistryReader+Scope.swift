// A reader for one command instead of a whole process.

import Flow

extension RegistryReader {
    /// Runs the reader beside the body and ends it with the body.
    ///
    /// - Throws: what `ready` throws, before the body begins; what the body throws. A reader that fails later is seen by
    ///   whoever waits for it.
    package func whileRunning<Value: Sendable>(
        readyWithin limit: Duration, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            defer { group.cancelAll() }
            try await ready(within: limit)
            return try await body()
        }
    }
}
