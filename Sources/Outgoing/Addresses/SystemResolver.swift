import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Asks the system, as every program does: `/etc/hosts`, DNS, and IPv4 in all its old forms.
///
/// The system's call blocks its thread until the name servers answer or it gives up, so it has threads of its own.
///
/// The unsafe pointers here are the call's list: read between `getaddrinfo` and `freeaddrinfo` and kept by nobody.
package final class SystemResolver: HostResolver {
    /// As many hosts can be slow at once before others wait behind them.
    private static let threadCount = 8
    private let threads: NIOThreadPool

    package init() {
        threads = NIOThreadPool(numberOfThreads: Self.threadCount)
        threads.start()
    }

    /// For one that was never closed: the pool must not go before its threads.
    deinit {
        close()
    }

    package func close() {
        // It only fails when it was shut down before, and may take as long as a silent name server.
        threads.shutdownGracefully { _ in }
    }

    package func addresses(of host: String, on loop: any EventLoop) -> EventLoopFuture<[IPAddress]> {
        threads.runIfActive(eventLoop: loop) { try Self.addresses(of: host) }
    }

    private static func addresses(of host: String) throws -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        // One entry per address, not one for each kind of socket.
        hints.ai_protocol = CInt(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { throw HTTPFault.hostNotFound }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next?.pointee {
            if let address = entry.ai_addr.flatMap({ address($0, entry.ai_family) }),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        guard !addresses.isEmpty else { throw HTTPFault.hostNotFound }
        return addresses
    }

    private static func address(_ pointer: UnsafeMutablePointer<sockaddr>, _ family: CInt) -> IPAddress? {
        switch family {
        case AF_INET:
            pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                .v4(UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                withUnsafeBytes(of: $0.pointee.sin6_addr) { bytes in
                    .v6(bytes.reduce(0) { $0 << 8 | UInt128($1) })
                }
            }
        default: nil
        }
    }
}
