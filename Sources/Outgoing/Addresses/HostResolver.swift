import NIOCore

/// Finds the addresses of a host: a seam, so that tests answer without the network.
package protocol HostResolver: Sendable {
    /// - Returns: all addresses, the best first; never empty.
    func addresses(of host: String, on loop: any EventLoop) -> EventLoopFuture<[IPAddress]>

    /// When nobody asks any more. Look-ups under way are not waited for.
    func close()
}
