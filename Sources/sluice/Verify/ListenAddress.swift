// `--listen`.

import ArgumentParser

/// `HOST:PORT`, `[::1]:8080`; port 0 = any free one.
struct ListenAddress: Hashable, Sendable, ExpressibleByArgument, CustomStringConvertible {
    let host: String
    let port: Int

    init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"),
            let port = Int(argument[argument.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    /// Whether it is every address of the machine, which nobody can send to: `0.0.0.0`, `::`, and other ways to write them.
    var isWildcard: Bool { host.allSatisfy { "0.:".contains($0) } }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
