// Which tokens the mock vendor gave, and which refresh tokens were used, within a bound.

/// The tokens of all connectors; pure.
///
/// A refresh token is good once, whoever gave it: connections begin with tokens that no mock vendor knows. Access tokens are
/// asked for only at connectors that were given one, so that a connection with a fixed token works without the endpoint.
struct TokenLedger {
    struct Given: Hashable {
        let accessToken: String
        /// Nil where the one that was used goes on, and where there is none.
        let refreshToken: String?
    }

    /// Of each kind at least so many are remembered, and twice as many at most.
    static let limit = 10_000
    /// Connectors whose access tokens are asked for; at any more than these every token is accepted.
    static let connectorLimit = 1000

    private var used = RecentValues<Bool>(limit: limit)
    /// When they end, in milliseconds since 1970.
    private var ends = RecentValues<Int64>(limit: limit)
    private var connectors: Set<String> = []

    /// - Parameters:
    ///   - end: of the access token, in milliseconds since 1970.
    ///   - rotates: whether a refresh token is used up and another is given.
    /// - Returns: nil where the refresh token was used before.
    mutating func give(
        for grant: TokenRequest.Grant, at connector: String, until end: Int64, rotates: Bool,
        using generator: inout some RandomNumberGenerator
    ) -> Given? {
        var refreshToken: String?
        if case .refreshToken(let token) = grant {
            let key = Self.key(token, at: connector)
            guard used[key] == nil else { return nil }
            if rotates {
                used.update(key, or: true) { _ in }
                refreshToken = "refresh-\(Self.random(using: &generator))"
            }
        }
        let accessToken = "access-\(Self.random(using: &generator))"
        ends.update(Self.key(accessToken, at: connector), or: end) { _ in }
        if connectors.count < Self.connectorLimit { connectors.insert(connector) }
        return Given(accessToken: accessToken, refreshToken: refreshToken)
    }

    /// What is wrong with an access token; nil for nothing, and where there is none to look at.
    func fault(of token: String?, at connector: String, now: Int64) -> String? {
        guard let token, connectors.contains(connector) else { return nil }
        guard let end = ends[Self.key(token, at: connector)] else {
            return "the access token is none that was given here"
        }
        return now < end ? nil : "the access token ended \(now - end) ms ago"
    }

    private static func key(_ token: String, at connector: String) -> String { "\(connector)\n\(token)" }

    private static func random(using generator: inout some RandomNumberGenerator) -> String {
        (0..<4).map { _ in
            let part = String(generator.next() as UInt32, radix: 16)
            return String(repeating: "0", count: 8 - part.count) + part
        }.joined()
    }
}
