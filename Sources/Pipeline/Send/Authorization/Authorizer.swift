import Connectors
import Flow
import Liquid
import Logging
import Metrics
import Registry

/// Keeps the access tokens of connections good: one refresh per connection across all senders, written down before use.
///
/// - T1: a refresh token is used by nobody who did not write down before that it will.
/// - T2: a new token is used by nobody before it is in the registry.
/// - T3: whoever finds that another refreshes waits for it, but not longer than `patience`: it may have died.
/// - T4: what a vendor refuses is said once in the registry; nobody asks it again before somebody changed the connection.
package actor Authorizer {
    /// How long another may take to refresh: a request at its longest, and writing to the registry.
    private static let patience = Duration.seconds(75)
    /// A token is refreshed this long before it ends, so that it doesn't end on the way.
    private static let margin: Int64 = 60_000

    enum Granted: Sendable {
        case credentials(Credentials)
        /// No valid token is to be had: nothing goes out.
        case setback(Setback)
    }

    enum Setback: Error, Sendable {
        /// A person has to give other credentials: the vendor doesn't take these.
        case refused(reason: String)
        /// The same, and the vendor wasn't asked: nothing can be sent with them.
        case unusable(reason: String)
        /// It may work later.
        case later(reason: String, after: Duration?)
    }

    private struct Cached {
        let basis: String
        let token: String
        let expires: Int64
    }

    private let store: any AuthorizationStore
    private let box: SecretBox
    private let transport: any ActionTransport
    private let clock: SenderClock
    private let timeout: Duration
    private let instance: String
    private let patience: Duration
    private let logger: Logger
    /// Tokens of service accounts: each process has its own, since they cost nothing and use nothing up.
    private var cache: [String: Cached] = [:]
    /// Refreshes of this process that are under way, and who waits for them.
    private var waiting: [String: [CheckedContinuation<Setback?, Never>]] = [:]
    /// New tokens that could not be written down yet: the ones before them are used up.
    private var unwritten: [String: Authorization] = [:]

    package init(
        store: any AuthorizationStore, box: SecretBox, transport: any ActionTransport, clock: SenderClock,
        timeout: Duration, instance: String, patience: Duration = Authorizer.patience, logger: Logger
    ) {
        self.store = store
        self.box = box
        self.transport = transport
        self.clock = clock
        self.timeout = timeout
        self.instance = instance
        self.patience = patience
        self.logger = logger
    }

    // MARK: Asking

    /// - Parameter refused: a token that the vendor did not take; another one is got then.
    func credentials(of connection: OpenedConnection, refused: String? = nil) async -> Granted {
        switch connection.way.kind {
        case .static: return .credentials(Credentials(connection.credentials))
        case .oauth2, .googleServiceAccount: break
        }
        while true {
            if let token = token(of: connection, besides: refused) {
                return .credentials(Credentials(connection.credentials, accessToken: token))
            }
            guard waiting[connection.id] == nil else {
                // What came of it counts for all who waited: they don't ask one after the other.
                let setback = await withCheckedContinuation { waiting[connection.id]?.append($0) }
                if let setback { return .setback(setback) }
                continue
            }
            waiting[connection.id] = []
            let renewed = await renew(connection, besides: refused)
            let waiters = waiting.removeValue(forKey: connection.id) ?? []
            switch renewed {
            case .again: for waiter in waiters { waiter.resume(returning: nil) }
            case .setback(let setback):
                for waiter in waiters { waiter.resume(returning: setback) }
                return .setback(setback)
            case .token(let token):
                for waiter in waiters { waiter.resume(returning: nil) }
                guard token != refused else {
                    return .setback(
                        .refused(reason: "the token endpoint gives the token that the vendor refuses"))
                }
                return .credentials(Credentials(connection.credentials, accessToken: token))
            }
        }
    }

    /// A token that is known and good.
    private func token(of connection: OpenedConnection, besides refused: String?) -> String? {
        let now = clock.milliseconds()
        if connection.way.kind == .googleServiceAccount {
            guard let cached = cache[connection.id], cached.basis == connection.basis,
                cached.expires - Self.margin > now, cached.token != refused
            else { return nil }
            return cached.token
        }
        guard let known = known(connection) else {
            let first = connection.credentials[CredentialName.accessToken]
            return first == refused ? nil : first
        }
        guard known.authorization.state == .active, let token = known.tokens.access, token != refused,
            (known.authorization.expires ?? .max) - Self.margin > now
        else { return nil }
        return token
    }

    private struct Tokens {
        let access: String?
        let refresh: String?
    }

    /// What the registry has of these credentials.
    private func known(_ connection: OpenedConnection) -> (authorization: Authorization, tokens: Tokens)? {
        guard let authorization = store.current(connection.id).authorization,
            authorization.basis == connection.basis
        else { return nil }
        guard let sealed = authorization.tokens else {
            return (authorization, Tokens(access: nil, refresh: nil))
        }
        // Sealed with a key that is gone: the connection's own tokens are tried then, and refused if they are used up.
        guard let text = try? box.open(sealed, for: connection.id), let json = try? JSONParser.parse(text)
        else {
            return nil
        }
        return (
            authorization,
            Tokens(
                access: json["access_token"]?.stringValue, refresh: json["refresh_token"]?.stringValue)
        )
    }

    // MARK: Renewing

    private enum Renewed {
        /// However soon it ends: it is good now.
        case token(String)
        /// Somebody else did something: there is something new to look at.
        case again
        case setback(Setback)
    }

    private func renew(_ connection: OpenedConnection, besides refused: String?) async -> Renewed {
        do {
            if connection.way.kind == .googleServiceAccount { return try await sign(connection) }
            return try await refresh(connection, besides: refused)
        } catch {
            return .setback(.later(reason: "\(error)", after: nil))
        }
    }

    private func sign(_ connection: OpenedConnection) async throws -> Renewed {
        let account: ServiceAccount
        let assertion: String
        do throws(ServiceAccount.Fault) {
            account = try ServiceAccount(connection.credentials[CredentialName.serviceAccount] ?? "")
            assertion = try account.assertion(
                scopes: connection.way.scopes, now: clock.milliseconds() / 1000)
        } catch {
            return .setback(.unusable(reason: error.description))
        }
        let request = TokenRequest.assertion(
            assertion, url: connection.tokenURL ?? account.tokenURL, timeout: timeout)
        switch TokenAnswer(await transport.send(request), now: clock.milliseconds() / 1000) {
        case .token(let token, _, let lifetime):
            cache[connection.id] = Cached(
                basis: connection.basis, token: token,
                expires: clock.milliseconds() + (lifetime ?? .seconds(3_600)).milliseconds)
            return .token(token)
        case .refused(let reason): return .setback(.refused(reason: reason))
        case .failed(let reason, let after): return .setback(.later(reason: reason, after: after))
        }
    }

    private func refresh(_ connection: OpenedConnection, besides refused: String?) async throws -> Renewed {
        let (current, version) = store.current(connection.id)
        if let saved = unwritten[connection.id], saved.basis == connection.basis {
            try await write(saved, of: connection)
            return .again
        }
        let known = known(connection)
        if let known, known.authorization.state == .refused,
            known.authorization.version == connection.version
        {
            return .setback(.refused(reason: known.authorization.reason ?? "the vendor refused it"))
        }
        if let known, known.authorization.state == .refreshing {
            await store.change(of: connection.id, from: version, within: patience)
            guard store.current(connection.id).version == version else { return .again }
            logger.warning(
                "token refresh taken over: who began it is silent",
                metadata: [
                    LogKeys.connection: "\(connection.id)",
                    LogKeys.instance: "\(known.authorization.holder ?? "")",
                ])
        }
        // Nobody has used it before the claim is written, and the tokens stay in it.
        let claim = authorization(
            .refreshing, connection, tokens: known == nil ? nil : current?.tokens, holder: instance)
        guard try await store.write(claim, after: version) else { return .again }
        let refreshToken =
            known?.tokens.refresh ?? connection.credentials[CredentialName.refreshToken] ?? ""
        let request = TokenRequest.refresh(
            connection.way, url: connection.tokenURL ?? connection.way.tokenURL ?? "",
            credentials: Credentials(connection.credentials), refreshToken: refreshToken, timeout: timeout)
        let answer = TokenAnswer(await transport.send(request), now: clock.milliseconds() / 1000)
        return try await settle(answer, connection, claim, refreshToken, version: version + 1)
    }

    private func settle(
        _ answer: TokenAnswer, _ connection: OpenedConnection, _ claim: Authorization,
        _ refreshToken: String, version: Int
    ) async throws -> Renewed {
        switch answer {
        case .token(let token, let next, let lifetime):
            let sealed = try box.seal(
                JSON.object([
                    "access_token": .string(token), "refresh_token": .string(next ?? refreshToken),
                ]).jsonText, for: connection.id)
            let active = authorization(
                .active, connection, tokens: sealed,
                expires: lifetime.map { clock.milliseconds() + $0.milliseconds })
            unwritten[connection.id] = active
            try await write(active, of: connection)
            Counter(label: "sluice_token_refreshes_total", dimensions: [("outcome", "succeeded")]).increment()
            return .token(token)
        case .refused(let reason):
            Counter(label: "sluice_token_refreshes_total", dimensions: [("outcome", "refused")]).increment()
            // Whoever took the refresh over meanwhile may have got new ones for it.
            guard store.current(connection.id).version == version else { return .again }
            return .setback(.refused(reason: reason))
        case .failed(let reason, let after):
            Counter(label: "sluice_token_refreshes_total", dimensions: [("outcome", "failed")]).increment()
            // The claim is given back: ended already, so that the next one refreshes.
            let ended = authorization(.active, connection, tokens: claim.tokens, expires: 0)
            _ = try await store.write(ended, after: version)
            return .setback(.later(reason: reason, after: after))
        }
    }

    /// So often others may write between.
    private static let writeTries = 10

    /// Writes down new tokens, whatever was written since: the ones before them are used up.
    private func write(_ active: Authorization, of connection: OpenedConnection) async throws {
        for _ in 0..<Self.writeTries
        where try await store.write(active, after: store.current(connection.id).version) {
            unwritten[connection.id] = nil
            return
        }
        throw AuthorizationNotWritten(reason: "others write it all the time")
    }

    // MARK: Refusing

    /// The credentials are no good: all senders' runs wait for others. Nothing is said where somebody changed the connection
    /// meanwhile, or got other tokens for it.
    ///
    /// - Parameters:
    ///   - token: the access token that was refused, of the ways that have one.
    ///   - isVendors: whether it is the vendor's word, and not that nothing can be sent with them.
    func refuse(
        _ connection: OpenedConnection, token: String? = nil, reason: String, isVendors: Bool = true
    ) async throws {
        guard store.version(ofConnection: connection.id) == connection.version else { return }
        let (current, version) = store.current(connection.id)
        let known = known(connection)
        if let token, let known, known.authorization.state == .active, known.tokens.access != token { return }
        if let known, known.authorization.state == .refused,
            known.authorization.version == connection.version
        {
            return
        }
        let refused = authorization(
            .refused, connection, tokens: known == nil ? nil : current?.tokens, reason: reason)
        // Where somebody wrote meanwhile, the next attempt finds out what.
        guard try await store.write(refused, after: version) else { return }
        // The vendor's words are in the registry: what is in an answer is not for logs.
        logger.error(
            isVendors
                ? "connection refused by the vendor, its runs wait until it is set again: see sluice connections list"
                : "connection unusable, its credentials were not sent: its runs wait until it is set again",
            metadata: isVendors
                ? [LogKeys.connection: "\(connection.id)"]
                : [LogKeys.connection: "\(connection.id)", LogKeys.reason: "\(reason)"])
        Counter(label: "sluice_connections_refused_total").increment()
    }

    private func authorization(
        _ state: Authorization.State, _ connection: OpenedConnection, tokens: SealedText?,
        expires: Int64? = nil, holder: String? = nil, reason: String? = nil
    ) -> Authorization {
        Authorization(
            connection: connection.id, state: state, version: connection.version,
            basis: connection.basis, tokens: tokens, expires: expires, holder: holder, reason: reason)
    }
}
