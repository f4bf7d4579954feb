import Configuration
import Flow
import Foundation
import Gateway
import Outgoing
import Pipeline
import Workers

/// Reads the settings of the roles, and refuses what is out of range by key, value and range. The ranges are in
/// SettingKeys.swift.
struct RoleSettings: Sendable {
    var instance: String?
    var delivery: DeliveryMode
    var sessionTimeout: Duration
    var fetchWait: Duration
    /// Not for users to choose: `dev` makes topics at once.
    var topicPause = Duration.seconds(10)
    var sender: SenderConfiguration
    /// Where senders may deliver to, beside public addresses.
    var addresses: AddressPolicy
    var matcher: MatcherConfiguration
    var gateway: GatewayConfiguration

    /// - Parameters:
    ///   - catalogue: has the connectors that are named, or else those that ship.
    ///   - connectors: nil = all that ship, and users' own as they come.
    init(
        _ config: ConfigReader, catalogue: Catalogue, connectors: [String]?, instance: String?,
        delivery: DeliveryMode?
    ) throws {
        let takesOwn = connectors == nil
        let connectors = try Self.connectors(connectors, catalogue)
        self.instance = instance ?? config.string(forKey: "instance")
        self.delivery = try Self.delivery(delivery, config)
        let consumer = ScopedSettings(config, "consumer")
        sessionTimeout = .milliseconds(
            try consumer.integer("sessionTimeoutMs", default: 10_000))
        fetchWait = .milliseconds(try consumer.integer("fetchWaitMs", default: 100))
        sender = try Self.sender(
            ScopedSettings(config, "sender"), connectors.filter { !$0.actions.isEmpty }.map(\.id))
        addresses = try Self.addresses(config)
        matcher = try Self.matcher(
            ScopedSettings(config, "matcher"), connectors.filter { !$0.triggers.isEmpty }.map(\.id))
        gateway = try Self.gateway(config, payloadLimit: matcher.payloadLimit)
        sender.takesOwn = takesOwn
        matcher.takesOwn = takesOwn
    }

    /// - Throws: wrong use, for a role that the chosen connectors leave without a topic: it would wait for nothing.
    func check(_ roles: Set<Role>, connectors: String?) throws(CommandError) {
        guard let connectors else { return }
        let what = connectors.isEmpty ? "--connectors is empty" : "--connectors \(connectors)"
        if roles.contains(.matcher), matcher.connectors.isEmpty {
            throw .wrongUse(
                "\(what): the matcher has nothing to read, since no such connector has triggers",
                do: "name a connector with triggers (sluice connectors list), or leave the matcher out")
        }
        if roles.contains(.sender), sender.connectors.isEmpty {
            throw .wrongUse(
                "\(what): the sender has nothing to send, since no such connector has actions",
                do: "name a connector with actions (sluice connectors list), or leave the sender out")
        }
    }

    private static func connectors(_ ids: [String]?, _ catalogue: Catalogue) throws(CommandError)
        -> [ConnectorDefinition]
    {
        guard let ids else { return catalogue.connectors }
        return try ids.map { id throws(CommandError) in try catalogue.named(id) }
    }

    static func delivery(_ option: DeliveryMode?, _ config: ConfigReader) throws -> DeliveryMode {
        if let option { return option }
        guard let text = config.string(forKey: "delivery") else { return .exactlyOnce }
        if let mode = DeliveryMode(rawValue: text) { return mode }
        throw CommandError.wrongUse(
            "delivery is \(text); allowed: \(DeliveryMode.allCases.map(\.rawValue).joined(separator: ", "))",
            at: "SLUICE_DELIVERY")
    }

    private static func sender(_ settings: ScopedSettings, _ connectors: [String]) throws
        -> SenderConfiguration
    {
        var sender = SenderConfiguration(connectors: connectors)
        sender.concurrency = try settings.integer("concurrency", default: sender.concurrency)
        sender.openLimit = try settings.integer("openLimit", default: sender.openLimit)
        sender.openBytes = try settings.integer(
            "openBytes", default: sender.openBytes)
        sender.settleInterval = .milliseconds(
            try settings.integer("settleIntervalMs", default: 100))
        sender.settleCount = try settings.integer("settleCount", default: sender.settleCount)
        sender.timeout = .seconds(try settings.integer("timeoutSeconds", default: 10))
        sender.drain = .seconds(try settings.integer("drainSeconds", default: 15))
        sender.lookUpDelay = .seconds(try settings.integer("lookUpSeconds", default: 60))
        sender.waitingBytes = try settings.integer(
            "waitingBytes", default: sender.waitingBytes)
        let retry = settings.scoped("retry")
        sender.retry.base = .milliseconds(try retry.integer("baseMs", default: 5_000))
        sender.retry.factor = Double(try retry.integer("factorPercent", default: 300)) / 100
        sender.retry.cap = .milliseconds(try retry.integer("capMs", default: 3_600_000))
        sender.retry.maxAttempts = try retry.integer(
            "maxAttempts", default: sender.retry.maxAttempts)
        sender.retry.maxAge = .seconds(
            try retry.integer("maxAgeSeconds", default: 36 * 3_600))
        sender.gates = try gates(settings, concurrency: sender.concurrency)
        let flood = settings.scoped("floodGuard")
        sender.floodGuard = FloodGuard.Settings(
            share: Double(try flood.integer("percent", default: 50)) / 100,
            minimum: try flood.integer("minimum", default: 100))
        guard sender.drain > sender.timeout else {
            throw CommandError.wrongUse(
                "sender.drainSeconds is not longer than sender.timeoutSeconds",
                do: "a request on the wire must be able to end while its partition drains")
        }
        return sender
    }

    private static func gates(_ settings: ScopedSettings, concurrency: Int) throws(CommandError)
        -> SendGates.Settings
    {
        let breaker = settings.scoped("breaker")
        let budget = settings.scoped("retryBudget")
        let standard = SendGates.Settings()
        return SendGates.Settings(
            circuit: CircuitBreaker.Settings(
                failures: try breaker.integer("failures", default: standard.circuit.failures),
                pause: .milliseconds(try breaker.integer("pauseMs", default: 5_000)),
                pauseCap: .milliseconds(try breaker.integer("pauseCapMs", default: 60_000)),
                width: try settings.integer("endpointConcurrency", default: max(1, concurrency / 2))),
            sharedFailures: try breaker.integer("sharedFailures", default: standard.sharedFailures),
            budget: RetryBudget.Settings(
                share: Double(try budget.integer("percent", default: 40)) / 100,
                floor: Double(try budget.integer("perSecond", default: 100))))
    }

    /// Words joined by commas.
    private static func addresses(_ config: ConfigReader) throws(CommandError) -> AddressPolicy {
        let words = config.string(forKey: "sender.allowedNetworks")?.split(
            separator: ",", omittingEmptySubsequences: false
        ).map { $0.trimmingCharacters(in: .whitespaces) }
        var wrong = ""
        guard let policy = AddressPolicy(words: words ?? [], fault: { wrong = $0 }) else {
            throw .wrongUse(
                "sender.allowedNetworks holds “\(wrong)”; allowed: private, and ranges like 10.1.0.0/16 or fd12::/16",
                do: "bits of an address beyond its prefix must be 0")
        }
        return policy
    }

    private static func matcher(_ settings: ScopedSettings, _ connectors: [String]) throws
        -> MatcherConfiguration
    {
        var matcher = MatcherConfiguration(connectors: connectors)
        matcher.batchRecords = try settings.integer(
            "batchRecords", default: matcher.batchRecords)
        matcher.duplicateIDs = try settings.integer(
            "duplicateIds", default: matcher.duplicateIDs)
        matcher.duplicateAge = .seconds(
            try settings.integer("duplicateHours", default: 24) * 3_600)
        matcher.payloadLimit = try settings.integer(
            "payloadBytes", default: matcher.payloadLimit)
        return matcher
    }

    /// What it takes is what the matchers take.
    private static func gateway(_ config: ConfigReader, payloadLimit: Int) throws -> GatewayConfiguration {
        let settings = ScopedSettings(config, "gateway")
        var gateway = GatewayConfiguration()
        gateway.host = config.string(forKey: "gateway.host") ?? gateway.host
        gateway.port = try settings.integer("port", default: gateway.port)
        gateway.requestLimit = try settings.integer("requests", default: gateway.requestLimit)
        gateway.payloadLimit = payloadLimit
        return gateway
    }

    /// What the matchers take, for a command that sends them something.
    static func payloadLimit(_ config: ConfigReader) throws -> Int {
        try ScopedSettings(config, "matcher").integer("payloadBytes", default: TriggerEvent.payloadLimit)
    }
}

/// The settings below one word, with their ranges.
struct ScopedSettings {
    private let config: ConfigReader
    private let scope: String

    init(_ config: ConfigReader, _ scope: String) {
        self.config = config.scoped(to: ConfigKey(scope))
        self.scope = scope
    }

    private init(_ config: ConfigReader, scope: String) {
        self.config = config
        self.scope = scope
    }

    func scoped(_ name: String) -> ScopedSettings {
        ScopedSettings(config.scoped(to: ConfigKey(name)), scope: "\(scope).\(name)")
    }

    /// - Throws: wrong use, with key, value and range.
    func integer(_ name: String, default standard: Int) throws(CommandError) -> Int {
        guard case .number(let range)? = SettingKeys.all["\(scope).\(name)"] else {
            throw .failed(
                "the setting \(scope).\(name) has no range", do: "report it: this is a fault of Sluice")
        }
        let key = ConfigKey(name)
        let number: Int
        if let found = config.int(forKey: key) {
            number = found
        } else if let text = config.string(forKey: key) {
            throw .wrongUse(
                "\(scope).\(name) is “\(text)”; allowed: a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        } else {
            number = standard
        }
        guard range.contains(number) else {
            throw .wrongUse(
                "\(scope).\(name) is \(number); allowed: \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
