// Ports for servers that have to be told theirs.

import NIOCore
import NIOPosix
import Synchronization

/// Free ports on the loopback address.
///
/// They lie below the range that Linux takes for outgoing connections (32768 and up), so none of those takes one
/// while its server restarts.
package enum LoopbackPort {
    private static let range = 12_000..<32_000
    private static let given = Mutex<Set<Int>>([])

    /// A port on which nothing listens, and which this process has not handed out before.
    ///
    /// Another process may still take it first; whoever starts a server on it must be ready to try another.
    package static func free() async throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: range)
            guard given.withLock({ $0.insert(port).inserted }) else { continue }
            if await isFree(port) { return port }
        }
        throw TestSupportError.systemCallFailed(name: "bind", reason: "none of 100 ports in \(range) is free")
    }

    private static func isFree(_ port: Int) async -> Bool {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: TCPFaultProxy.host, port: port).get()
            try await channel.close()
            SpawnGate.awaitPassed()
            return true
        } catch {
            return false
        }
    }
}
