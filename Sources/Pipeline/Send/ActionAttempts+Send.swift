import Connectors
import Flow
import Liquid
import Logging

// From what is prepared to what came of it, by either protocol.

/// What an attempt needs to be sent.
enum Prepared: Sendable {
    /// Flow's own protocol: one request, signed.
    case flow(VendorRequest)
    case api(APIAttempt)
    /// With an access token, or what else the vendor takes.
    case authorized(APIAttempt, Credentials)
}

/// An attempt by a vendor's own API.
struct APIAttempt: Sendable {
    let api: any VendorAPI
    let run: ActionRun
    let base: String
    let connection: OpenedConnection
    let settings: [String: String]
    let checkpoint: JSON?
    let mayHaveActed: Bool
}

extension ActionAttempts {
    /// Gets a valid token where one is needed: nothing is written down and nothing goes out before.
    func authorized(_ prepared: Result<Prepared, Refusal>, _ run: ActionRun) async -> Result<
        Prepared, Refusal
    > {
        guard case .success(.api(let attempt)) = prepared else { return prepared }
        switch await authorizer.credentials(of: attempt.connection) {
        case .credentials(let credentials): return .success(.authorized(attempt, credentials))
        case .setback(let setback): return .failure(Refusal(await outcome(of: setback, attempt, nil)))
        }
    }

    func send(_ prepared: Prepared, _ run: ActionRun, by transport: CountingTransport) async -> AttemptOutcome
    {
        switch prepared {
        case .flow(let request):
            return FlowActionAnswer.classify(
                await transport.send(request), returns: catalogue.action(run.action)?.returns,
                types: catalogue[run.action.connector]?.types ?? [:], now: clock.milliseconds() / 1000)
        case .api(let attempt):
            return await send(attempt, Credentials(attempt.connection.credentials), by: transport)
        case .authorized(let attempt, let credentials):
            return await send(attempt, credentials, by: transport)
        }
    }

    /// A token that the vendor refuses is renewed once; what it refuses then is no good.
    private func send(
        _ attempt: APIAttempt, _ credentials: Credentials, by transport: CountingTransport
    ) async -> AttemptOutcome {
        var used = credentials
        var came = await call(attempt, credentials, by: transport)
        if case .unauthorized = came, let token = credentials.accessToken {
            switch await authorizer.credentials(of: attempt.connection, refused: token) {
            case .credentials(let fresh):
                used = fresh
                came = await call(attempt, fresh, by: transport)
            case .setback(let setback): return await outcome(of: setback, attempt, token)
            }
        }
        switch came {
        case .ended(let outcome): return outcome
        case .unauthorized(let reason):
            return await outcome(of: .refused(reason: reason), attempt, used.accessToken)
        case .unclear(let reason):
            return inDoubt(reason, attempt.run)
        }
    }

    private func call(
        _ attempt: APIAttempt, _ credentials: Credentials, by transport: CountingTransport
    ) async -> VendorOutcome {
        let call = VendorCall(
            run: attempt.run, base: attempt.base, credentials: credentials, settings: attempt.settings,
            checkpoint: attempt.checkpoint, mayHaveActed: attempt.mayHaveActed, time: clock.milliseconds(),
            timeout: configuration.timeout, send: { await transport.send($0) })
        do throws(EarlyEnd) {
            return try await attempt.api.attempt(call)
        } catch {
            return error.outcome
        }
    }

    private func outcome(of setback: Authorizer.Setback, _ attempt: APIAttempt, _ token: String?) async
        -> AttemptOutcome
    {
        let (reason, isVendors): (String, Bool)
        switch setback {
        case .later(let reason, let after): return .retry(after: after, reason: reason, cause: .notSent)
        case .refused(let words): (reason, isVendors) = (words, true)
        case .unusable(let words): (reason, isVendors) = (words, false)
        }
        do {
            try await authorizer.refuse(
                attempt.connection, token: token, reason: reason, isVendors: isVendors)
        } catch {
            // Nobody else knows of it: it is tried again, and said then.
            return .retry(after: nil, reason: "\(reason); \(error)", cause: .notSent)
        }
        return .held(
            reason: Self.refusalText(attempt.connection.id, reason),
            by: .authorization(connector: attempt.run.action.connector, store: attempt.run.store))
    }

    /// How long after an attempt in doubt the vendor is looked at; nil where nobody looks, or at once.
    func lookUpDelay(of prepared: Prepared, _ run: ActionRun) -> Duration? {
        guard case .authorized(let attempt, let credentials) = prepared,
            let definition = catalogue.action(run.action), definition.inDoubt == .checkThenResend,
            attempt.api.canLook(credentials, attempt.settings)
        else { return nil }
        return configuration.lookUpDelay(of: definition)
    }

    /// What the action's policy makes of an answer that leaves a doubt.
    func heeding(_ outcome: AttemptOutcome, _ run: ActionRun, _ lookUpDelay: Duration?) -> AttemptOutcome {
        guard case .retry(let after, let reason, let cause) = outcome, cause.leavesDoubt else {
            return outcome
        }
        if catalogue.action(run.action)?.inDoubt == .ask { return inDoubt(reason, run) }
        // It may still be at it: what isn't there yet would be made twice.
        guard let lookUpDelay else { return outcome }
        return .retry(after: max(after ?? .zero, lookUpDelay), reason: reason, cause: cause)
    }

    /// Nobody knows whether the vendor acted, and a repeat does harm: a person decides.
    private func inDoubt(_ reason: String, _ run: ActionRun) -> AttemptOutcome {
        logger.warning(
            "attempt in doubt: a person has to decide whether it is sent again",
            metadata: [
                LogKeys.actionRun: "\(run.id)", LogKeys.store: "\(run.store)",
                LogKeys.connector: "\(run.action.connector)",
            ])
        return .held(reason: "in doubt: \(reason); see: sluice in-doubt list", by: .decision)
    }
}
