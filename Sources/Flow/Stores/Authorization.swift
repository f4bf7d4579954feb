import Liquid

/// What became of a connection's credentials: the tokens that count now, or that a person has to give others.
///
/// It stands beside the connection, not in it: whoever applies a manifest again doesn't set tokens back that were
/// refreshed meanwhile.
package struct Authorization: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        case active
        /// One process is about to refresh the tokens; the others wait for it.
        case refreshing
        /// The vendor refuses them: the runs wait for others.
        case refused
    }

    /// The connection's id.
    package let connection: String
    package let state: State
    /// The connection's version at that time.
    package let version: Int
    /// Tells the credentials that it came from, without showing them.
    package let basis: String
    /// `{"access_token":…,"refresh_token":…}`
    package let tokens: SealedText?
    /// When the access token ends, ms since 1970 by the clock of whoever got it.
    package let expires: Int64?
    /// Who refreshes.
    package let holder: String?
    /// What the vendor said.
    package let reason: String?

    package init(
        connection: String, state: State, version: Int, basis: String, tokens: SealedText? = nil,
        expires: Int64? = nil, holder: String? = nil, reason: String? = nil
    ) {
        self.connection = connection
        self.state = state
        self.version = version
        self.basis = basis
        self.tokens = tokens
        self.expires = expires
        self.holder = holder
        self.reason = reason
    }

    /// The same with tokens that are sealed with another key.
    package func with(tokens: SealedText) -> Authorization {
        Authorization(
            connection: connection, state: state, version: version, basis: basis, tokens: tokens,
            expires: expires, holder: holder, reason: reason)
    }

    package var body: JSON {
        .compact([
            "connection": .string(connection), "state": .string(state.rawValue),
            "version": .integer(Int64(version)), "basis": .string(basis), "sealed_tokens": tokens?.body,
            "expires_ms": expires.map { .integer($0) }, "holder": holder.map { .string($0) },
            "reason": reason.map { .string($0) },
        ])
    }

    package init?(_ body: JSON) {
        guard let connection = body["connection"]?.stringValue,
            let state = body["state"]?.stringValue.flatMap({ State(rawValue: $0) }),
            let version = body["version"]?.integerValue, let basis = body["basis"]?.stringValue
        else { return nil }
        var tokens: SealedText?
        if let key = body["sealed_tokens"]?["key_id"]?.stringValue,
            let sealed = body["sealed_tokens"]?["sealed"]?.stringValue
        {
            tokens = SealedText(keyID: key, sealed: sealed)
        }
        self.init(
            connection: connection, state: state, version: Int(clamping: version), basis: basis,
            tokens: tokens, expires: body["expires_ms"]?.integerValue,
            holder: body["holder"]?.stringValue, reason: body["reason"]?.stringValue)
    }
}
